package org.ttt4j.inner;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.ttt4j.tensor.Tensors;

class InnerLossCurvesTest {

    private static final SquaredError LOSS = new SquaredError();

    @Test
    void measuresTheWeightsThatTokensSaw() {
        Random random = new Random(41);
        InnerModel model = new MlpModel();
        LaneInput in = Lanes.input(6, 4, 9, random);
        GradientLearner learner = Lanes.learner(model, Lanes.weights(model, 6, random), in);
        InnerLossCurves curves =
                InnerLossCurves.of(LOSS, learner.start(), learner.start(), in.XK(), in.XV(), in.rate());

        InnerLearner.State state = learner.start();
        for (int t = 0; t < 9; t++) {
            INDArray k = Tensors.rows(in.XK(), t, t + 1);
            INDArray v = Tensors.rows(in.XV(), t, t + 1);
            assertEquals(LOSS.value(learner.start().predict(k), v), curves.atStart()[t]);
            assertEquals(LOSS.value(state.predict(k), v), curves.before()[t]);
            state.train(k, v, in.rate().getDouble(t));
            assertEquals(LOSS.value(state.predict(k), v), curves.after()[t]);
        }
        assertEquals(curves.atStart()[0], curves.before()[0]);
    }

    @Test
    void continuesALaneAndLeavesItAlone() {
        Random random = new Random(42);
        InnerModel model = new LinearModel();
        LaneInput in = Lanes.input(6, 5, 13, random);
        List<INDArray> W = Lanes.weights(model, 6, random);
        GradientLearner learner = Lanes.learner(model, W, in);
        InnerLossCurves whole = InnerLossCurves.of(LOSS, learner.start(), learner.start(), in.XK(), in.XV(), in.rate());

        LaneState lane = LaneState.start(W);
        DualForm.of(model).forward(lane, 0, Lanes.slice(in, 0, 7));
        LaneState before = lane.copy();
        LaneInput rest = Lanes.slice(in, 7, 13);
        InnerLossCurves part =
                InnerLossCurves.of(LOSS, learner.start(), learner.resume(lane, 7), rest.XK(), rest.XV(), rest.rate());
        for (int t = 0; t < 6; t++) {
            assertEquals(whole.atStart()[7 + t], part.atStart()[t], 1e-12);
            assertEquals(whole.before()[7 + t], part.before()[t], 1e-11);
            assertEquals(whole.after()[7 + t], part.after()[t], 1e-11);
        }
        Lanes.assertSameState(before, lane, 0);
    }

    /** The same key and label again and again: every step helps. */
    @Test
    void learningLowersTheCurves() {
        Random random = new Random(43);
        LaneInput one = Lanes.input(6, 1, 1, random);
        InnerModel model = new LinearModel();
        GradientLearner learner = Lanes.learner(model, Lanes.weights(model, 6, random), one);
        InnerLearner.State state = learner.start();
        double last = Double.POSITIVE_INFINITY;
        for (int t = 0; t < 8; t++) {
            InnerLossCurves curves = InnerLossCurves.of(
                    LOSS, learner.start(), state, one.XK(), one.XV(), one.rate().mul(0.2));
            assertTrue(curves.after()[0] < curves.before()[0] && curves.before()[0] <= curves.atStart()[0]);
            assertTrue(curves.after()[0] < last);
            last = curves.after()[0];
            state.train(one.XK(), one.XV(), 0.2 * one.rate().getDouble(0));
        }
    }
}
