package org.ttt4j.reference;

import static org.ttt4j.reference.GradientCheck.C;
import static org.ttt4j.reference.GradientCheck.H;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.ttt4j.inner.LinearModel;
import org.ttt4j.inner.MlpModel;
import org.ttt4j.layer.AttentionConfig;
import org.ttt4j.layer.CausalSelfAttention;
import org.ttt4j.layer.LayerConfig;
import org.ttt4j.layer.LayerConfig.Feature;
import org.ttt4j.layer.LinearAttentionLayer;
import org.ttt4j.layer.Mamba;
import org.ttt4j.layer.MambaSizes;
import org.ttt4j.layer.SequenceMixer;
import org.ttt4j.layer.TTTLayer;
import org.ttt4j.ops.Chunk;
import org.ttt4j.ops.LinearAttention;
import org.ttt4j.ops.Ops;
import org.ttt4j.ops.StateSpec;
import org.ttt4j.param.Param;

/** Gradients of whole layers. */
class LayerGradientsTest {

    static Stream<Named<GradientCase>> cases() {
        return Stream.of(
                Named.of(
                        "attention layer",
                        new Layer(AttentionConfig.of(C, 4).withKeyValueHeads(2).withBias())),
                Named.of("TTT-Linear", new Layer(LayerConfig.of(C, H).withMiniBatch(4))),
                Named.of(
                        "TTT-MLP, K=1",
                        new Layer(mamba().withModel(new MlpModel()).withMiniBatch(1))),
                Named.of(
                        "TTT-MLP, Mamba",
                        new Layer(mamba().withModel(new MlpModel()).withMiniBatch(4))),
                Named.of(
                        "TTT-Linear, Mamba, K=5",
                        new Layer(mamba().withModel(new LinearModel()).withMiniBatch(5))),
                Named.of("Mamba", new Layer(new Mamba("", new MambaSizes(C, 6, 3, 3, 2, true, true, 0.1, 1, 1)))),
                Named.of(
                        "linear attention layer",
                        new Layer(new LinearAttentionLayer(
                                "", AttentionConfig.of(C, H), LinearAttention.Form.UNNORMALISED))));
    }

    private static LayerConfig mamba() {
        return LayerConfig.of(C, H)
                .withConvKernel(3)
                .withFeatures(Set.of(Feature.GATE, Feature.SHARED_QK))
                .withInitStd(0.5);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void matchesCentralDifferences(GradientCase body) {
        GradientCheck.matchesCentralDifferences(body);
    }

    /** The layer's padding is masked, as what stands there means nothing. */
    private static final class Layer implements GradientCase {
        private final SequenceMixer layer;

        Layer(LayerConfig config) {
            this(new TTTLayer("", config));
        }

        Layer(AttentionConfig config) {
            this(new CausalSelfAttention("", config));
        }

        Layer(SequenceMixer layer) {
            this.layer = layer;
        }

        @Override
        public List<Param> params() {
            return layer.params();
        }

        @Override
        public List<? extends StateSpec> states() {
            return layer.states();
        }

        @Override
        public int entries() {
            return 2;
        }

        @Override
        public <A> A run(Ops<A> ops, List<A> x, Chunk chunk) {
            return ops.last(layer.forward(ops, x.get(0), chunk), chunk);
        }
    }
}
