package org.ttt4j.inner;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.ttt4j.tensor.Tensors;
import org.ttt4j.tensor.TttException;

/** The dual form against the token-by-token definition, and the laws that both keep. */
class DualFormTest {

    static Stream<InnerModel> models() {
        return Stream.of(new LinearModel(), new MlpModel());
    }

    @ParameterizedTest
    @MethodSource("models")
    void equalsThePrimalLoop(InnerModel model) {
        Random random = new Random(1);
        for (int K : new int[] {1, 4, 5, 16, 64, 100}) {
            for (int r : new int[] {1, K - 1, K, K + 1, 37}) {
                if (r < 1) {
                    continue;
                }
                int D = 4 + 2 * random.nextInt(3);
                LaneInput in = Lanes.input(D, K, r, random);
                List<INDArray> W = Lanes.weights(model, D, random);
                LaneState primal = LaneState.start(W);
                LaneState dual = LaneState.start(W);
                INDArray expected = Lanes.primal(model, primal, 0, in);
                INDArray actual = DualForm.of(model).forward(dual, 0, in);
                Lanes.assertClose(model.name() + " K=" + K + " r=" + r, expected, actual, 1e-11);
                Lanes.assertSameState(primal, dual, 1e-11);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void float32StaysCloseToFloat64(InnerModel model) {
        Random random = new Random(2);
        LaneInput in = Lanes.input(8, 16, 37, random);
        List<INDArray> W = Lanes.weights(model, 8, random);
        INDArray expected = DualForm.of(model).forward(LaneState.start(W), 0, in);
        LaneState state =
                LaneState.start(W.stream().map(w -> w.castTo(DataType.FLOAT)).toList());
        INDArray actual = DualForm.of(model).forward(state, 0, Lanes.cast(in, DataType.FLOAT));
        assertEquals(DataType.FLOAT, actual.dataType());
        assertEquals(DataType.FLOAT, state.weights().get(0).dataType());
        Lanes.assertClose(model.name(), expected, actual, 1e-4);
    }

    /** forward(a ++ b) = forward(a), then forward(b), for chunks of any length, whichever form runs each of them. */
    @ParameterizedTest
    @MethodSource("models")
    void chunksOfAnyLengthContinueEachOther(InnerModel model) {
        Random random = new Random(3);
        int D = 6;
        for (int K : new int[] {1, 4, 5, 16, 64}) {
            int r = 2 * K + 3 + random.nextInt(K);
            LaneInput in = Lanes.input(D, K, r, random);
            List<INDArray> W = Lanes.weights(model, D, random);
            LaneState whole = LaneState.start(W);
            INDArray expected = DualForm.of(model).forward(whole, 0, in);
            for (int trial = 0; trial < 3; trial++) {
                LaneState state = LaneState.start(W);
                List<INDArray> parts = new ArrayList<>();
                int longest = trial == 0 ? 1 : K + 3;
                for (int t = 0; t < r; ) {
                    int next = Math.min(r, t + 1 + random.nextInt(longest));
                    LaneInput chunk = Lanes.slice(in, t, next);
                    boolean dual = trial < 2 || random.nextBoolean();
                    parts.add(
                            dual ? DualForm.of(model).forward(state, t, chunk) : Lanes.primal(model, state, t, chunk));
                    t = next;
                }
                Lanes.assertClose(model.name() + " K=" + K, expected, Lanes.stack(parts), 1e-11);
                Lanes.assertSameState(whole, state, 1e-11);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void aTokenChangesNoEarlierOutput(InnerModel model) {
        Random random = new Random(4);
        LaneInput in = Lanes.input(6, 5, 13, random);
        List<INDArray> W = Lanes.weights(model, 6, random);
        INDArray before = DualForm.of(model).forward(LaneState.start(W), 0, in);
        for (int t : new int[] {0, 4, 5, 8, 12}) {
            for (INDArray x : List.of(in.XQ(), in.XK(), in.XV())) {
                x.getRow(t).addi(1);
            }
            INDArray after = DualForm.of(model).forward(LaneState.start(W), 0, in);
            for (INDArray x : List.of(in.XQ(), in.XK(), in.XV())) {
                x.getRow(t).subi(1);
            }
            if (t > 0) {
                Lanes.assertClose("before " + t, Tensors.rows(before, 0, t), Tensors.rows(after, 0, t), 1e-13);
            }
            assertTrue(before.getRow(t).distance2(after.getRow(t)) > 1e-3, "token " + t + " has no effect");
        }
    }

    /** Lanes are cut out of [B, L, H, D] and [B, H, L, D] alike. */
    @ParameterizedTest
    @MethodSource("models")
    void lanesMayBeViews(InnerModel model) {
        Random random = new Random(10);
        int r = 7;
        int D = 6;
        LaneInput in = Lanes.input(D, 4, r, random);
        INDArray dOut = Lanes.normal(random, 1, r, D);
        List<INDArray> W = Lanes.weights(model, D, random);
        LaneInput views =
                new LaneInput(view(in.XQ()), view(in.XK()), view(in.XV()), in.rate(), in.a(), in.gamma(), in.beta());
        DualForm dual = DualForm.of(model);
        LaneTrace expected = dual.trace(LaneState.start(W), 2, in, 1);
        LaneTrace actual = dual.trace(LaneState.start(W), 2, views, 1);
        Lanes.assertClose("output", expected.output(), actual.output(), 1e-13);
        Lanes.assertClose(
                "primal",
                Lanes.primal(model, LaneState.start(W), 2, in),
                Lanes.primal(model, LaneState.start(W), 2, views),
                1e-13);
        LaneGradients e = dual.backward(expected, dOut);
        LaneGradients a = dual.backward(actual, view(dOut));
        Lanes.assertClose("dXQ", e.dXQ(), a.dXQ(), 1e-12);
        Lanes.assertClose("dXK", e.dXK(), a.dXK(), 1e-12);
        Lanes.assertClose("dXV", e.dXV(), a.dXV(), 1e-12);
        Lanes.assertClose("dW1", e.dW().get(0), a.dW().get(0), 1e-12);
    }

    /** The same values as the third of five heads, strided. */
    private static INDArray view(INDArray rows) {
        INDArray all = Nd4j.zeros(rows.dataType(), rows.size(0), 5, rows.size(1));
        INDArray lane = all.get(NDArrayIndex.all(), NDArrayIndex.point(2), NDArrayIndex.all());
        lane.assign(rows);
        assertTrue(lane.isView());
        return lane;
    }

    /** A run that has diverged must show it: nothing may turn NaN into a number. */
    @ParameterizedTest
    @MethodSource("models")
    void whatIsNotANumberStaysSo(InnerModel model) {
        Random random = new Random(9);
        List<INDArray> W = Lanes.weights(model, 6, random);
        for (boolean factor : new boolean[] {false, true}) {
            LaneInput in = Lanes.input(6, 4, 5, random);
            (factor ? in.a() : in.rate()).putScalar(3, Double.NaN);
            INDArray dual = DualForm.of(model).forward(LaneState.start(W), 0, in);
            INDArray primal = Lanes.primal(model, LaneState.start(W), 0, in);
            for (int t = 3; t < 5; t++) {
                assertTrue(Double.isNaN(dual.getDouble(t, 0)) && Double.isNaN(primal.getDouble(t, 0)), "token " + t);
            }
        }
    }

    @Test
    void rowsAreFoldedAtFixedPlaces() {
        assertEquals(5, DualForm.rowLimit(5, 64));
        assertEquals(16, DualForm.rowLimit(16, 4));
        assertEquals(16, DualForm.rowLimit(17, 4));
        assertEquals(32, DualForm.rowLimit(100, 64));
        Random random = new Random(5);
        LaneInput in = Lanes.input(6, 40, 35, random);
        LaneState state = LaneState.start(Lanes.weights(new LinearModel(), 6, random));
        DualForm.of(new LinearModel()).forward(state, 0, in);
        assertEquals(3, state.rowCount());
        assertEquals(2, state.folded().size());
    }

    @Test
    void theStateIsUntouchedWhenTheInputIsWrong() {
        Random random = new Random(6);
        LaneInput in = Lanes.input(6, 4, 3, random);
        LaneState state = LaneState.start(Lanes.weights(new MlpModel(), 6, random));
        DualForm dual = DualForm.of(new MlpModel());
        dual.forward(state, 0, in);
        LaneState before = state.copy();
        LaneInput other = Lanes.input(8, 4, 3, random);
        assertThrows(TttException.class, () -> dual.forward(state, 3, other));
        assertThrows(TttException.class, () -> dual.forward(state, 4, in));
        assertThrows(TttException.class, () -> dual.forward(state, -1, in));
        assertThrows(TttException.class, () -> dual.forward(state, 3, Lanes.cast(in, DataType.FLOAT)));
        Lanes.assertSameState(before, state, 0);
        assertEquals(3, state.rowCount());
    }

    @Test
    void aModelWithoutDualFormIsRefused() {
        InnerModel other = new ResidualNorm(
                new LinearModel(), Lanes.normal(new Random(7), 1, 4), Lanes.normal(new Random(8), 1, 4));
        TttException e = assertThrows(TttException.class, () -> DualForm.of(other));
        assertTrue(e.getMessage().contains(other.name()));
    }
}
