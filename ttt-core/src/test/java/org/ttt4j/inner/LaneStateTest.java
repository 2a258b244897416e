package org.ttt4j.inner;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.ttt4j.tensor.TttException;

class LaneStateTest {

    @ParameterizedTest
    @MethodSource("org.ttt4j.inner.DualFormTest#models")
    void foldingChangesNothingThatComesAfter(InnerModel model) {
        Random random = new Random(31);
        LaneInput in = Lanes.input(6, 5, 9, random);
        LaneState rows = LaneState.start(Lanes.weights(model, 6, random));
        DualForm dual = DualForm.of(model);
        dual.forward(rows, 0, Lanes.slice(in, 0, 3));
        LaneState folded = rows.copy();
        folded.fold();
        assertEquals(3, rows.rowCount());
        assertTrue(rows.folded().isEmpty());
        assertEquals(0, folded.rowCount());
        Lanes.assertSameState(rows, folded, 0);
        INDArray expected = dual.forward(rows, 3, Lanes.slice(in, 3, 9));
        Lanes.assertClose("output", expected, dual.forward(folded, 3, Lanes.slice(in, 3, 9)), 1e-12);
        Lanes.assertSameState(rows, folded, 1e-12);
    }

    @ParameterizedTest
    @MethodSource("org.ttt4j.inner.DualFormTest#models")
    void aCopyGoesItsOwnWay(InnerModel model) {
        Random random = new Random(32);
        LaneInput in = Lanes.input(6, 4, 7, random);
        List<INDArray> W = Lanes.weights(model, 6, random);
        LaneState state = LaneState.start(W);
        W.get(0).addi(1); // the state has its own start weights
        DualForm dual = DualForm.of(model);
        dual.forward(state, 0, Lanes.slice(in, 0, 2));
        LaneState branch = state.copy();
        List<INDArray> before = state.sums();
        INDArray first = dual.forward(branch, 2, Lanes.slice(in, 2, 7));
        Lanes.primal(model, state.copy(), 2, Lanes.slice(in, 2, 7));
        for (int i = 0; i < before.size(); i++) {
            Lanes.assertClose("running sum " + i, before.get(i), state.sums().get(i), 0);
        }
        Lanes.assertClose("from the original", first, dual.forward(state, 2, Lanes.slice(in, 2, 7)), 0);
    }

    @ParameterizedTest
    @MethodSource("org.ttt4j.inner.DualFormTest#models")
    void bytesCountEveryPart(InnerModel model) {
        Random random = new Random(33);
        int D = 6;
        LaneState state = LaneState.start(Lanes.weights(model, D, random));
        int weights = model instanceof LinearModel ? D * D + D : 8 * D * D + 5 * D;
        int row = model instanceof LinearModel ? 2 * D : 10 * D;
        assertEquals(8L * weights, state.bytes());
        DualForm.of(model).forward(state, 0, Lanes.input(D, 5, 3, random));
        assertEquals(8L * (weights + 3 * row), state.bytes());
        state.fold();
        assertEquals(8L * 2 * weights, state.bytes());
        assertThrows(
                TttException.class,
                () -> new LaneState(state.weights(), List.of(), state.folded().subList(0, 1)));
    }
}
