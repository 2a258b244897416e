package org.ttt4j.lm;

import java.util.EnumSet;
import java.util.Set;
import org.ttt4j.config.InnerKind;
import org.ttt4j.config.TTTConfig;
import org.ttt4j.inner.LinearModel;
import org.ttt4j.inner.MlpModel;
import org.ttt4j.layer.LayerConfig;
import org.ttt4j.layer.LayerConfig.Feature;
import org.ttt4j.layer.TTTLayer;

/** The paper's models, with the keys of the authors' PyTorch checkpoints. */
public final class TTTModel {

    private TTTModel() {}

    static CausalLM of(TTTConfig c) {
        LayerConfig layer = layer(c);
        return FeedForwardModel.of(
                c, "seq_norm", "ffn_norm", prefix -> new TTTLayer(prefix + "seq_modeling_block.", layer));
    }

    /** The TTT layer of a configuration's blocks. */
    public static LayerConfig layer(TTTConfig c) {
        Set<Feature> features = EnumSet.noneOf(Feature.class);
        if (c.useGate()) {
            features.add(Feature.GATE);
        }
        if (c.shareQk()) {
            features.add(Feature.SHARED_QK);
        }
        return LayerConfig.of(c.hiddenSize(), c.heads())
                .withModel(c.inner() == InnerKind.LINEAR ? new LinearModel() : new MlpModel())
                .withMiniBatch(c.miniBatch())
                .withBaseRate(c.baseLearningRate())
                .withRopeTheta(c.ropeTheta())
                .withConvKernel(c.convKernel())
                .withFeatures(features)
                .withInitStd(c.initializerRange());
    }
}
