package org.ttt4j.inner;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Every gradient of the dual form against central differences of its forward, with random cotangents. */
class DualFormGradientTest {

    private static final double STEP = 3e-6;

    /** A chunk of r tokens after {@code before} others. */
    private record Case(int D, int K, int before, int r, int group) {}

    private static final List<Case> CASES = List.of(
            new Case(6, 4, 0, 4, 0), // one mini-batch
            new Case(6, 4, 0, 11, 0), // ends in mid mini-batch, groups of two
            new Case(6, 5, 3, 7, 1), // begins and ends in mid mini-batch
            new Case(4, 5, 2, 2, 0), // inside one mini-batch
            new Case(5, 1, 2, 5, 2), // online
            new Case(6, 4, 3, 1, 0), // a single token that closes
            new Case(4, 37, 0, 41, 0), // folds twice, closes
            new Case(4, 40, 10, 25, 0), // begins with rows of an earlier chunk, folds, stays open
            new Case(4, 36, 20, 16, 0)); // begins with rows and sums of an earlier chunk

    @ParameterizedTest
    @MethodSource("org.ttt4j.inner.DualFormTest#models")
    void agreesWithCentralDifferences(InnerModel model) {
        Random random = new Random(11);
        for (Case c : CASES) {
            LaneInput first = Lanes.input(c.D, c.K, c.before + c.r, random);
            List<INDArray> W = Lanes.weights(model, c.D, random);
            LaneState state = LaneState.start(W);
            DualForm dual = DualForm.of(model);
            if (c.before > 0) {
                dual.forward(state, 0, Lanes.slice(first, 0, c.before));
            }
            LaneInput in = copy(Lanes.slice(first, c.before, c.before + c.r));
            LaneTrace trace = dual.trace(state.copy(), c.before, in, c.group);
            INDArray dOut = Lanes.normal(random, 1, c.r, c.D);
            LaneGradients g = dual.backward(trace, dOut);

            List<INDArray> inputs =
                    new ArrayList<>(List.of(in.XQ(), in.XK(), in.XV(), in.rate(), in.a(), in.gamma(), in.beta()));
            List<INDArray> gradients =
                    new ArrayList<>(List.of(g.dXQ(), g.dXK(), g.dXV(), g.drate(), g.da(), g.dgamma(), g.dbeta()));
            inputs.addAll(state.weights());
            gradients.addAll(g.dW());
            for (int i = 0; i < inputs.size(); i++) {
                check(
                        model.name() + " " + c + " input " + i,
                        inputs.get(i),
                        gradients.get(i),
                        random,
                        () -> Matrices.inner(dual.forward(state.copy(), c.before, in), dOut));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("org.ttt4j.inner.DualFormTest#models")
    void float32StaysCloseToFloat64(InnerModel model) {
        Random random = new Random(12);
        LaneInput in = Lanes.input(8, 5, 13, random);
        List<INDArray> W = Lanes.weights(model, 8, random);
        INDArray dOut = Lanes.normal(random, 1, 13, 8);
        DualForm dual = DualForm.of(model);
        LaneGradients g64 = dual.backward(dual.trace(LaneState.start(W), 0, in, 0), dOut);
        LaneState state =
                LaneState.start(W.stream().map(w -> w.castTo(DataType.FLOAT)).toList());
        LaneTrace trace = dual.trace(state, 0, Lanes.cast(in, DataType.FLOAT), 0);
        LaneGradients g32 = dual.backward(trace, dOut.castTo(DataType.FLOAT));
        assertEquals(DataType.FLOAT, g32.dXK().dataType());
        Lanes.assertClose("dXQ", g64.dXQ(), g32.dXQ(), 1e-3);
        Lanes.assertClose("dXK", g64.dXK(), g32.dXK(), 1e-3);
        Lanes.assertClose("dXV", g64.dXV(), g32.dXV(), 1e-3);
        Lanes.assertClose("drate", g64.drate(), g32.drate(), 1e-3);
        Lanes.assertClose("dW1", g64.dW().get(0), g32.dW().get(0), 1e-3);
    }

    private interface Loss {
        double value();
    }

    /** Along random directions, each of which meets every entry. */
    private static void check(String name, INDArray x, INDArray gradient, Random random, Loss loss) {
        assertArrayEquals(x.shape(), gradient.shape(), name);
        double scale = Math.max(gradient.norm2Number().doubleValue(), 1e-3);
        INDArray start = x.dup();
        for (int n = 0; n < 2; n++) {
            INDArray direction = Lanes.normal(random, 1, x.shape());
            direction.divi(direction.norm2Number());
            x.assign(start.add(direction.mul(STEP)));
            double up = loss.value();
            x.assign(start.sub(direction.mul(STEP)));
            double down = loss.value();
            x.assign(start);
            assertEquals((up - down) / (2 * STEP), Matrices.inner(gradient, direction), 1e-7 * scale, name);
        }
    }

    private static LaneInput copy(LaneInput in) {
        return new LaneInput(
                in.XQ().dup(),
                in.XK().dup(),
                in.XV().dup(),
                in.rate().dup(),
                in.a().dup(),
                in.gamma().dup(),
                in.beta().dup());
    }
}
