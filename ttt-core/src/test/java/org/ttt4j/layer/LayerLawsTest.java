package org.ttt4j.layer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.ops.transforms.Transforms;
import org.ttt4j.execution.Execution;
import org.ttt4j.inner.InnerLossCurves;
import org.ttt4j.inner.InnerModel;
import org.ttt4j.inner.InnerWeight;
import org.ttt4j.inner.LinearModel;
import org.ttt4j.inner.MlpModel;
import org.ttt4j.layer.LayerConfig.Feature;
import org.ttt4j.ops.LinearAttention.Form;
import org.ttt4j.ops.SequenceState;
import org.ttt4j.ops.State;
import org.ttt4j.param.Init;
import org.ttt4j.param.WeightSource;
import org.ttt4j.probe.InnerLossProbe;
import org.ttt4j.reference.InnerForm;
import org.ttt4j.tensor.TttException;

/** What every layer obeys, whatever runs it: the split law, causality, independence of sequences and of padding. */
class LayerLawsTest {

    private static final Execution DOUBLE = Execution.reference(DataType.DOUBLE);
    private static final Execution FLOAT = Execution.fused().withThreads(2);

    /** A layer, how it is run, and how far two ways to the same numbers may be apart. */
    private record Case(String name, SequenceMixer layer, Execution execution, double tolerance) {
        Case(String name, LayerConfig config, Execution execution, double tolerance) {
            this(name, new TTTLayer("", config), execution, tolerance);
        }

        LayerSession<?> open() {
            return LayerSession.open(layer, WeightSource.init(7), execution);
        }

        INDArray input(int batch, int length, long seed) {
            Random random = new Random(seed);
            float[] x = new float[batch * length * layer.channels()];
            for (int i = 0; i < x.length; i++) {
                x[i] = (float) random.nextGaussian();
            }
            return Nd4j.createFromArray(x).reshape('c', batch, length, layer.channels());
        }

        @Override
        public String toString() {
            return name + ", " + execution.dataType() + ", " + execution.form().label();
        }
    }

    static Stream<Case> cases() {
        LayerConfig mamba = LayerConfig.of(24, 2)
                .withConvKernel(3)
                .withFeatures(Set.of(Feature.GATE, Feature.SHARED_QK))
                .withInitStd(0.3);
        LayerConfig linear = mamba.withModel(new LinearModel()).withMiniBatch(4);
        LayerConfig mlp = mamba.withModel(new MlpModel()).withMiniBatch(5).withBaseRate(0.3);
        LayerConfig three = LayerConfig.of(18, 3).withMiniBatch(1).withInitStd(0.3);
        LayerConfig folded = LayerConfig.of(12, 1).withMiniBatch(40).withInitStd(0.3);
        LayerConfig own = linear.withModel(new TanhModel());
        return Stream.of(
                new Case("linear", linear, DOUBLE, 1e-11),
                new Case("linear", linear, DOUBLE.withForm(InnerForm.PRIMAL), 1e-11),
                new Case("linear", linear, FLOAT, 2e-5),
                new Case("linear", linear, FLOAT.withKernel("blas"), 2e-5),
                new Case("mlp", mlp, DOUBLE, 1e-11),
                new Case("mlp", mlp, FLOAT, 2e-5),
                new Case("mlp", mlp, FLOAT.withKernel("blas"), 2e-5),
                new Case("3 heads, K=1", three, DOUBLE, 1e-11),
                new Case("3 heads, K=1", three, FLOAT, 2e-5),
                new Case("K=40, folded", folded, DOUBLE, 1e-11),
                new Case("K=40, folded", folded, FLOAT, 2e-5),
                new Case("a user's own", own, DOUBLE, 1e-11),
                new Case("a user's own", own, FLOAT, 2e-5),
                new Case("Mamba", mamba(), DOUBLE, 1e-11),
                new Case("Mamba", mamba(), FLOAT, 5e-6),
                new Case("Mamba", mamba(), FLOAT.withKernel("scalar"), 5e-6),
                new Case("linear attention", linearAttention(Form.UNNORMALISED), DOUBLE, 1e-11),
                new Case("linear attention", linearAttention(Form.UNNORMALISED), FLOAT, 5e-6),
                new Case("linear attention", linearAttention(Form.UNNORMALISED), FLOAT.withKernel("scalar"), 5e-6),
                new Case("normalised linear attention", linearAttention(Form.NORMALISED), DOUBLE, 1e-11),
                new Case("normalised linear attention", linearAttention(Form.NORMALISED), FLOAT, 5e-6));
    }

    private static Mamba mamba() {
        return new Mamba("", new MambaSizes(11, 21, 5, 3, 2, true, true, 0.01, 0.5, 1));
    }

    private static LinearAttentionLayer linearAttention(Form form) {
        return new LinearAttentionLayer("", AttentionConfig.of(30, 3).withInitStd(0.2), form);
    }

    /** f(x) = tanh(x W1), written by a user. */
    private static final class TanhModel implements InnerModel {
        @Override
        public String name() {
            return "tanh";
        }

        @Override
        public List<InnerWeight> weights(int D) {
            return List.of(new InnerWeight("W1", Init.normal(0.3), D, D));
        }

        @Override
        public INDArray predict(List<INDArray> W, INDArray x) {
            return Transforms.tanh(x.mmul(W.get(0)), false);
        }

        @Override
        public List<INDArray> gradient(List<INDArray> W, INDArray x, INDArray cotangent) {
            INDArray y = predict(W, x);
            return List.of(x.transpose().mmul(y.mul(y).rsubi(1).muli(cotangent)));
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void splitLaw(Case c) {
        try (LayerSession<?> session = c.open()) {
            int L = 47;
            INDArray x = c.input(2, L, 1);
            SequenceState whole = session.newState(2);
            INDArray expected = session.forward(x, whole);
            Random random = new Random(2);
            for (int trial = 0; trial < 4; trial++) {
                SequenceState parts = session.newState(2);
                INDArray[] out = new INDArray[L];
                int n = 0;
                for (int t = 0; t < L; ) {
                    int r = trial == 0 ? 1 : Math.min(L - t, 1 + random.nextInt(trial * 9));
                    out[n++] = session.forward(tokens(x, t, t + r), parts);
                    t += r;
                }
                assertClose(c, expected, Nd4j.concat(1, Arrays.copyOf(out, n)));
                assertStates(c, whole, parts);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void causality(Case c) {
        try (LayerSession<?> session = c.open()) {
            INDArray x = c.input(1, 13, 3);
            INDArray y = session.forward(x, session.newState(1));
            INDArray changed = x.dup();
            tokens(changed, 9, 10).addi(1);
            INDArray z = session.forward(changed, session.newState(1));
            assertEquals(tokens(y, 0, 9).dup(), tokens(z, 0, 9).dup(), "outputs before the changed token");
            assertTrue(error(tokens(y, 9, 13), tokens(z, 9, 13)) > 1e-3, "outputs from the changed token on");
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void sequencesAreIndependentOfEachOtherAndOfPadding(Case c) {
        try (LayerSession<?> session = c.open()) {
            INDArray x = c.input(3, 11, 4);
            int[][] lengths = {{11, 4, 0}, {2, 11, 7}, {1, 0, 11}};
            SequenceState batch = session.newState(3);
            SequenceState[] alone = {session.newState(1), session.newState(1), session.newState(1)};
            for (int[] length : lengths) {
                INDArray padded = x.dup();
                for (int b = 0; b < 3; b++) {
                    if (length[b] < 11) {
                        sequence(padded, b, length[b], 11).assign(1e6); // must never be read
                    }
                }
                INDArray y = session.forward(padded, batch, length);
                for (int b = 0; b < 3; b++) {
                    if (length[b] > 0) {
                        INDArray own = x.get(
                                        NDArrayIndex.interval(b, b + 1),
                                        NDArrayIndex.interval(0, length[b]),
                                        NDArrayIndex.all())
                                .dup('c');
                        INDArray expected = session.forward(own, alone[b]);
                        assertClose(
                                c,
                                expected,
                                sequence(y, b, 0, length[b]).dup('c').reshape(expected.shape()));
                    }
                }
            }
            for (int b = 0; b < 3; b++) {
                assertEquals(alone[b].position(0), batch.position(b));
                assertStates(c, alone[b], batch.select(b));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void copiesBranchAndResetStartsAnew(Case c) {
        try (LayerSession<?> session = c.open()) {
            SequenceState state = session.newState(2);
            session.forward(c.input(2, 6, 5), state);
            SequenceState branch = state.copy();
            INDArray x = c.input(2, 9, 6);
            INDArray first = session.forward(x, state);
            assertEquals(first, session.forward(x, branch), "a branch continues alike");
            branch.reset(1);
            assertEquals(0, branch.position(1));
            INDArray fresh = session.forward(x, session.newState(2));
            INDArray again = session.forward(x, branch);
            assertEquals(
                    sequence(fresh, 1, 0, 9).dup(), sequence(again, 1, 0, 9).dup(), "a reset sequence");
            assertTrue(error(sequence(fresh, 0, 0, 9), sequence(again, 0, 0, 9)) > 1e-4, "the other goes on");
            assertTrue(state.bytes() > 0);
        }
    }

    /** The authors' cache form carries a state from one executor and precision to another. */
    @ParameterizedTest
    @MethodSource("cases")
    void statesMoveBetweenExecutors(Case c) {
        Case other = new Case(c.name(), c.layer(), c.execution().equals(DOUBLE) ? FLOAT : DOUBLE, 2e-5);
        try (LayerSession<?> here = c.open();
                LayerSession<?> there = other.open()) {
            for (State.Form form : State.Form.values()) {
                SequenceState state = here.newState(2);
                here.forward(c.input(2, 7, 8), state, 7, 2);
                SequenceState moved = there.newState(2);
                moved.restore(form, state.save(form));
                INDArray x = c.input(2, 45, 9);
                assertClose(other, here.forward(x, state), there.forward(x, moved));
            }
        }
    }

    @Test
    void theInnerLossFallsWhileATextRepeats() {
        Case c = new Case("linear", LayerConfig.of(16, 2).withMiniBatch(4).withInitStd(0.5), DOUBLE, 0);
        try (LayerSession<?> session = c.open()) {
            InnerLossProbe probe = new InnerLossProbe();
            INDArray x = Nd4j.concat(1, c.input(1, 8, 1), c.input(1, 8, 1), c.input(1, 8, 1));
            INDArray plain = session.forward(x, session.newState(1));
            assertEquals(plain, session.observedBy(probe).forward(x, session.newState(1)), "a probe changes nothing");
            InnerLossCurves curves = InnerLossProbe.mean(probe.layers().get("inner"));
            assertEquals(24, curves.after().length);
            double start = Arrays.stream(curves.atStart(), 16, 24).sum();
            double before = Arrays.stream(curves.before(), 16, 24).sum();
            double after = Arrays.stream(curves.after(), 16, 24).sum();
            assertTrue(start > before && before > after, start + " > " + before + " > " + after);
        }
    }

    @Test
    void badInputIsNamedAndChangesNothing() {
        Case c = new Case("linear", LayerConfig.of(8, 2).withMiniBatch(4), DOUBLE, 0);
        try (LayerSession<?> session = c.open()) {
            SequenceState state = session.newState(2);
            TttException shape = assertThrows(TttException.class, () -> session.forward(Nd4j.zeros(2, 3, 7), state));
            assertTrue(
                    shape.getMessage().contains("x: expected shape [2, -1, 8], found [2, 3, 7]"), shape.getMessage());
            assertThrows(TttException.class, () -> session.forward(Nd4j.zeros(2, 3, 8), state, 4, 1));
            assertThrows(TttException.class, () -> session.forward(Nd4j.zeros(2, 3, 8), state, 1));
            assertThrows(TttException.class, () -> session.forward(Nd4j.zeros(2, 3, 8), state, -1, 1));
            assertEquals(0, state.position(0));
            assertThrows(TttException.class, () -> LayerConfig.of(8, 3));
            assertThrows(TttException.class, () -> LayerConfig.of(6, 2));
            assertThrows(TttException.class, () -> FLOAT.withKernel("none")
                    .open(c.layer().params(), WeightSource.init(1)));
        }
    }

    private static INDArray tokens(INDArray x, int from, int to) {
        return x.get(NDArrayIndex.all(), NDArrayIndex.interval(from, to), NDArrayIndex.all());
    }

    private static INDArray sequence(INDArray x, int b, int from, int to) {
        return x.get(NDArrayIndex.interval(b, b + 1), NDArrayIndex.interval(from, to), NDArrayIndex.all());
    }

    private static void assertStates(Case c, SequenceState expected, SequenceState actual) {
        Map<String, INDArray> a = expected.save(State.Form.CACHE);
        Map<String, INDArray> b = actual.save(State.Form.CACHE);
        assertEquals(a.keySet(), b.keySet());
        a.forEach((name, x) -> assertTrue(error(x, b.get(name)) <= c.tolerance(), c + ": " + name));
    }

    private static void assertClose(Case c, INDArray expected, INDArray actual) {
        double error = error(expected, actual);
        assertTrue(error <= c.tolerance(), c + ": relative error " + error);
    }

    private static double error(INDArray expected, INDArray actual) {
        INDArray reference = expected.castTo(DataType.DOUBLE).dup('c');
        double scale = Math.max(reference.amaxNumber().doubleValue(), 1e-3);
        return actual.castTo(DataType.DOUBLE)
                        .dup('c')
                        .sub(reference)
                        .amaxNumber()
                        .doubleValue()
                / scale;
    }
}
