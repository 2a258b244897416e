package org.ttt4j.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
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
import org.ttt4j.ops.Attention;
import org.ttt4j.ops.Chunk;
import org.ttt4j.ops.Conv;
import org.ttt4j.ops.Gradients;
import org.ttt4j.ops.Linear;
import org.ttt4j.ops.LinearAttention;
import org.ttt4j.ops.Ops;
import org.ttt4j.ops.Projection;
import org.ttt4j.ops.Rope;
import org.ttt4j.ops.SelectiveScan;
import org.ttt4j.ops.SequenceState;
import org.ttt4j.ops.StateSpec;
import org.ttt4j.ops.Tape;
import org.ttt4j.ops.Var;
import org.ttt4j.param.Init;
import org.ttt4j.param.Param;
import org.ttt4j.tensor.Tensors;

/**
 * Every operation's gradient, for every input and every parameter, against central differences in float64 with random
 * cotangents: on ragged sequences that stand in the middle of a mini-batch.
 */
class GradientsTest {

    private static final int C = 8;
    private static final int H = 2;
    private static final int V = 7;
    /** Sequence 0 stands at position 3, sequence 1 at 0: only the latter reaches the learned start weights. */
    private static final int[] BEFORE = {3, 0};

    private static final int[] LENGTHS = {4, 6};
    private static final int L = 6;
    private static final int[][] IDS = {{1, 2, 1, 6}, {0, 3, 6, 2, 2, 5}};
    private static final int[][] TARGETS = {{2, -1, 6, 0}, {3, 6, 2, 2, 5}};

    private static final Param W = new Param("W", Init.normal(0.5), V, C);
    private static final Param U = new Param("U", Init.normal(0.5), H, 1, C);
    private static final Param SCALE = new Param("scale", Init.normal(0.5), C);
    private static final Param BIAS = new Param("bias", Init.normal(0.5), C);
    private static final Param RATE_BIAS = new Param("rate_bias", Init.normal(0.5), H, 1);

    /** Something that can be run on any executor. */
    private interface Case {
        <A> A run(Ops<A> ops, List<A> x, Chunk chunk);

        /** Widths of the inputs [B, L, width]. */
        default int[] widths() {
            return new int[] {C};
        }

        default List<Param> params() {
            return List.of();
        }

        default List<? extends StateSpec> states() {
            return List.of();
        }

        /** How many entries of each tensor are tried. */
        default int entries() {
            return 40;
        }
    }

    private record Named(String name, Case body) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Named> cases() {
        return Stream.of(
                new Named("embed", new Embed()),
                new Named("project", new Project()),
                new Named("rmsNorm", new RmsNorm()),
                new Named("layerNorm", new LayerNorm()),
                new Named("causalConv", new CausalConv()),
                new Named("rope", new Turn(Rope.Pairs.INTERLEAVED, 4)),
                new Named("rope on halves", new Turn(Rope.Pairs.HALVES, Rope.ENDLESS)),
                new Named("attention", new CausalAttention(2, 2)),
                new Named("attention in groups", new CausalAttention(4, 2)),
                new Named(
                        "attention layer",
                        new Layer(AttentionConfig.of(C, 4).withKeyValueHeads(2).withBias())),
                new Named("innerRate", new InnerRate()),
                new Named("selectiveScan", new Scan()),
                new Named("linearAttention", new Attend(LinearAttention.Form.UNNORMALISED)),
                new Named("linearAttention, normalised", new Attend(LinearAttention.Form.NORMALISED)),
                new Named("silu", new Silu()),
                new Named("split", new Split()),
                new Named("geluGate", new GeluGate()),
                new Named("swiGlu", new SwiGlu()),
                new Named("add", new Add()),
                new Named("last", new Last()),
                new Named("crossEntropy", new CrossEntropy()),
                new Named("TTT-Linear", new Layer(LayerConfig.of(C, H).withMiniBatch(4))),
                new Named(
                        "TTT-MLP, K=1",
                        new Layer(mamba().withModel(new MlpModel()).withMiniBatch(1))),
                new Named(
                        "TTT-MLP, Mamba",
                        new Layer(mamba().withModel(new MlpModel()).withMiniBatch(4))),
                new Named(
                        "TTT-Linear, Mamba, K=5",
                        new Layer(mamba().withModel(new LinearModel()).withMiniBatch(5))),
                new Named("Mamba", new Layer(new Mamba("", new MambaSizes(C, 6, 3, 3, 2, true, true, 0.1, 1, 1)))),
                new Named(
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
    void matchesCentralDifferences(Named named) {
        Case body = named.body();
        Random random = new Random(5);
        try (Nd4jOps ops =
                new Nd4jOps(DataType.DOUBLE, InnerForm.DUAL, body.params(), p -> normal(random, p.shape()))) {
            SequenceState start = SequenceState.create(ops, body.states(), 2);
            advance(ops, body, inputs(random, body), start);
            List<INDArray> x = inputs(random, body);

            Gradients<INDArray> gradients = new Gradients<>(p -> ops.zeros(p.shape()), p -> true);
            Tape<INDArray> tape = new Tape<>(ops, gradients, 1);
            List<Var<INDArray>> xs = x.stream().map(tape::in).toList();
            Var<INDArray> y = body.run(tape, xs, again(start));
            INDArray cotangent = normal(random, y.value().shape());
            tape.backward(y, cotangent);

            Map<String, INDArray> values = new LinkedHashMap<>();
            Map<String, INDArray> analytic = new LinkedHashMap<>();
            for (int i = 0; i < x.size(); i++) {
                values.put("input " + i, x.get(i));
                analytic.put("input " + i, xs.get(i).gradient());
            }
            for (Param p : body.params()) {
                values.put(p.key(), ops.weight(p));
                analytic.put(p.key(), gradients.of(p));
            }
            Value phi = () -> dot(body.run(ops, x, again(start)), cotangent);
            values.forEach((name, value) -> assertClose(name, analytic.get(name), value, random, body.entries(), phi));
        }
    }

    /** The chunk under test. The weights may have changed since: what stands at position 0 starts from them anew. */
    private static Chunk again(SequenceState start) {
        SequenceState state = start.copy();
        state.reset(1);
        return state.chunk(LENGTHS);
    }

    private static void advance(Nd4jOps ops, Case body, List<INDArray> x, SequenceState state) {
        Chunk chunk = state.chunk(BEFORE);
        body.run(ops, x, chunk);
        chunk.finish();
    }

    private interface Value {
        double get();
    }

    /** Fourth-order central differences at some entries; at all of them where there are few. */
    private static void assertClose(String name, INDArray actual, INDArray x, Random random, int entries, Value phi) {
        assertTrue(actual != null, name + " got no gradient");
        assertEquals(Arrays.toString(x.shape()), Arrays.toString(actual.shape()), name);
        double h = 1e-5;
        double[] steps = {h, -h, 2 * h, -2 * h};
        INDArray flat = x.reshape(x.length());
        double[] gradient = Tensors.toDoubles(actual);
        double scale = Math.max(Arrays.stream(gradient).map(Math::abs).max().orElse(0), 1e-3);
        for (int n = 0; n < Math.min(entries, gradient.length); n++) {
            int i = entries >= gradient.length ? n : random.nextInt(gradient.length);
            double old = flat.getDouble(i);
            double[] at = new double[4];
            for (int s = 0; s < 4; s++) {
                flat.putScalar(i, old + steps[s]);
                at[s] = phi.get();
            }
            flat.putScalar(i, old);
            double expected = (8 * (at[0] - at[1]) - (at[2] - at[3])) / (12 * h);
            double error = Math.abs(gradient[i] - expected) / scale;
            assertTrue(error < 1e-7, name + " at " + i + ": relative error " + error);
        }
    }

    private static double dot(INDArray a, INDArray b) {
        return a.mul(b).sumNumber().doubleValue();
    }

    private static List<INDArray> inputs(Random random, Case body) {
        List<INDArray> x = new ArrayList<>();
        for (int width : body.widths()) {
            x.add(normal(random, 2, L, width));
        }
        return x;
    }

    private static INDArray normal(Random random, long... shape) {
        return Tensors.of(
                random.doubles(Tensors.count(shape)).map(u -> 2 * u - 1).toArray(), shape);
    }

    private static final class Embed implements Case {
        @Override
        public int[] widths() {
            return new int[0];
        }

        @Override
        public List<Param> params() {
            return List.of(W);
        }

        @Override
        public <A> A run(Ops<A> ops, List<A> x, Chunk chunk) {
            return ops.embed(W, IDS);
        }
    }

    private static final class Project implements Case {
        @Override
        public List<Param> params() {
            return List.of(U, RATE_BIAS);
        }

        @Override
        public <A> A run(Ops<A> ops, List<A> x, Chunk chunk) {
            return ops.project(Projection.of(new Linear(U, RATE_BIAS)), x.get(0))
                    .get(0);
        }
    }

    private static final class RmsNorm implements Case {
        @Override
        public List<Param> params() {
            return List.of(SCALE);
        }

        @Override
        public <A> A run(Ops<A> ops, List<A> x, Chunk chunk) {
            return ops.rmsNorm(SCALE, 1e-2, x.get(0));
        }
    }

    private static final class LayerNorm implements Case {
        @Override
        public List<Param> params() {
            return List.of(SCALE, BIAS);
        }

        @Override
        public <A> A run(Ops<A> ops, List<A> x, Chunk chunk) {
            return ops.layerNorm(SCALE, BIAS, 1e-2, x.get(0));
        }
    }

    /** Two filters of one input, the second without a bias; both outputs are used. */
    private static final class CausalConv implements Case {
        private final Conv conv =
                new Conv("conv", List.of(filter("a"), new Linear(filter("b").weight())), List.of("c"));

        private static Linear filter(String name) {
            return new Linear(
                    new Param(name + ".weight", Init.zeros(), C, 1, 3), new Param(name + ".bias", Init.zeros(), C));
        }

        @Override
        public List<Param> params() {
            return conv.filters().stream()
                    .flatMap(f -> Stream.of(f.weight(), f.bias()))
                    .filter(Objects::nonNull)
                    .toList();
        }

        @Override
        public List<? extends StateSpec> states() {
            return List.of(conv);
        }

        @Override
        public <A> A run(Ops<A> ops, List<A> x, Chunk chunk) {
            List<A> ys = ops.causalConv(conv, x.get(0), chunk);
            return ops.geluGate(ys.get(0), ys.get(1));
        }
    }

    private static final class Turn implements Case {
        private final Rope rope;

        Turn(Rope.Pairs pairs, int period) {
            rope = new Rope(H, C / H, 100, period, pairs);
        }

        @Override
        public <A> A run(Ops<A> ops, List<A> x, Chunk chunk) {
            return ops.rope(rope, x.get(0), chunk);
        }
    }

    private static final class CausalAttention implements Case {
        private final Attention attention;

        CausalAttention(int heads, int keyValueHeads) {
            attention = new Attention("attention", heads, keyValueHeads, 3);
        }

        @Override
        public int[] widths() {
            int keys = attention.keyValueHeads() * attention.headSize();
            return new int[] {attention.heads() * attention.headSize(), keys, keys};
        }

        @Override
        public List<? extends StateSpec> states() {
            return List.of(attention);
        }

        @Override
        public <A> A run(Ops<A> ops, List<A> x, Chunk chunk) {
            return ops.attention(attention, x.get(0), x.get(1), x.get(2), chunk);
        }
    }

    private static final class InnerRate implements Case {
        @Override
        public <A> A run(Ops<A> ops, List<A> x, Chunk chunk) {
            return ops.innerRate(0.3, x.get(0));
        }
    }

    private static final class Scan implements Case {
        private static final int E = 5;
        private static final int S = 3;
        private final SelectiveScan scan =
                new SelectiveScan("ssm", new Param("A_log", Init.zeros(), E, S), new Param("D", Init.zeros(), E));

        @Override
        public int[] widths() {
            return new int[] {E, E, S, S};
        }

        @Override
        public List<Param> params() {
            return List.of(scan.logA(), scan.skip());
        }

        @Override
        public List<? extends StateSpec> states() {
            return List.of(scan);
        }

        @Override
        public <A> A run(Ops<A> ops, List<A> x, Chunk chunk) {
            return ops.selectiveScan(scan, x.get(0), x.get(1), x.get(2), x.get(3), chunk);
        }
    }

    private static final class Attend implements Case {
        private final LinearAttention attention;

        Attend(LinearAttention.Form form) {
            attention = new LinearAttention("attention", H, C / H, form);
        }

        @Override
        public int[] widths() {
            return new int[] {C, C, C};
        }

        @Override
        public List<? extends StateSpec> states() {
            return List.of(attention);
        }

        @Override
        public <A> A run(Ops<A> ops, List<A> x, Chunk chunk) {
            return ops.linearAttention(attention, x.get(0), x.get(1), x.get(2), chunk);
        }
    }

    private static final class Silu implements Case {
        @Override
        public <A> A run(Ops<A> ops, List<A> x, Chunk chunk) {
            return ops.silu(x.get(0));
        }
    }

    /** One piece is not used. */
    private static final class Split implements Case {
        @Override
        public <A> A run(Ops<A> ops, List<A> x, Chunk chunk) {
            List<A> pieces = ops.split(x.get(0), 3, 2, 3);
            return ops.swiGlu(pieces.get(0), pieces.get(2));
        }
    }

    private static final class GeluGate implements Case {
        @Override
        public int[] widths() {
            return new int[] {C, C};
        }

        @Override
        public <A> A run(Ops<A> ops, List<A> x, Chunk chunk) {
            return ops.geluGate(x.get(0), x.get(1));
        }
    }

    private static final class SwiGlu implements Case {
        @Override
        public int[] widths() {
            return new int[] {C, C};
        }

        @Override
        public <A> A run(Ops<A> ops, List<A> x, Chunk chunk) {
            return ops.swiGlu(x.get(0), x.get(1));
        }
    }

    /** One input used twice: gradients add up. */
    private static final class Add implements Case {
        @Override
        public int[] widths() {
            return new int[] {C, C};
        }

        @Override
        public <A> A run(Ops<A> ops, List<A> x, Chunk chunk) {
            return ops.add(ops.add(x.get(0), x.get(1)), x.get(0));
        }
    }

    private static final class Last implements Case {
        @Override
        public <A> A run(Ops<A> ops, List<A> x, Chunk chunk) {
            return ops.last(x.get(0), chunk);
        }
    }

    private static final class CrossEntropy implements Case {
        @Override
        public int[] widths() {
            return new int[] {V};
        }

        @Override
        public <A> A run(Ops<A> ops, List<A> x, Chunk chunk) {
            return ops.crossEntropy(x.get(0), TARGETS);
        }
    }

    /** A whole layer. Its padding is masked, as what stands there means nothing. */
    private static final class Layer implements Case {
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
