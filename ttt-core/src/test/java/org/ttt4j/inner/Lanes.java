package org.ttt4j.inner;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.ttt4j.tensor.Tensors;

/** Random lanes and comparisons for the tests of the inner loop. */
final class Lanes {

    private Lanes() {}

    static INDArray normal(Random random, double std, long... shape) {
        double[] values = new double[(int) Tensors.count(shape)];
        for (int i = 0; i < values.length; i++) {
            values[i] = std * random.nextGaussian();
        }
        return Tensors.of(values, shape);
    }

    static INDArray uniform(Random random, double from, double to, long... shape) {
        double[] values = new double[(int) Tensors.count(shape)];
        for (int i = 0; i < values.length; i++) {
            values[i] = from + (to - from) * random.nextDouble();
        }
        return Tensors.of(values, shape);
    }

    static List<INDArray> weights(InnerModel model, int D, Random random) {
        return model.weights(D).stream()
                .map(w -> normal(random, 0.4, w.shape()))
                .toList();
    }

    /** r tokens with every parameter random; one factor is clamped where there are at least three. */
    static LaneInput input(int D, int K, int r, Random random) {
        INDArray a = uniform(random, 0.1, 1, K);
        if (K > 2) {
            a.putScalar(1, 0);
        }
        return new LaneInput(
                normal(random, 1, r, D),
                normal(random, 1, r, D),
                normal(random, 1, r, D),
                uniform(random, 0.05, 0.3, r),
                a,
                normal(random, 0.3, D).addi(1),
                normal(random, 0.3, D));
    }

    static LaneInput cast(LaneInput in, DataType type) {
        return new LaneInput(
                in.XQ().castTo(type),
                in.XK().castTo(type),
                in.XV().castTo(type),
                in.rate().castTo(type),
                in.a().castTo(type),
                in.gamma().castTo(type),
                in.beta().castTo(type));
    }

    static LaneInput slice(LaneInput in, int from, int to) {
        return new LaneInput(
                Tensors.rows(in.XQ(), from, to),
                Tensors.rows(in.XK(), from, to),
                Tensors.rows(in.XV(), from, to),
                Tensors.rows(in.rate(), from, to),
                in.a(),
                in.gamma(),
                in.beta());
    }

    /** The inner task of a TTT layer as a learner. */
    static GradientLearner learner(InnerModel model, List<INDArray> W, LaneInput in) {
        return new GradientLearner(new ResidualNorm(model, in.gamma(), in.beta()), new SquaredError(), W, in.a());
    }

    static INDArray primal(InnerModel model, LaneState state, int position, LaneInput in) {
        InnerLearner.State learner = learner(model, state.weights(), in).resume(state, position);
        return PrimalInnerLoop.run(learner, in.XQ(), in.XK(), in.XV(), in.rate());
    }

    /** Fails where two arrays differ by more than the tolerance times the largest entry of the expected one. */
    static void assertClose(String name, INDArray expected, INDArray actual, double tolerance) {
        assertArrayEquals(expected.shape(), actual.shape(), name);
        double limit = tolerance * expected.amaxNumber().doubleValue();
        assertWithin(name, limit, Tensors.toDoubles(expected), Tensors.toDoubles(actual));
    }

    /** NaN fails too. */
    private static void assertWithin(String name, double limit, double[] expected, double[] actual) {
        for (int i = 0; i < expected.length; i++) {
            double difference = Math.abs(expected[i] - actual[i]);
            assertTrue(difference <= limit, name + "[" + i + "] differs by " + difference + ", limit " + limit);
        }
    }

    static void assertSameState(LaneState expected, LaneState actual, double tolerance) {
        for (int i = 0; i < expected.weights().size(); i++) {
            assertClose(
                    "weight " + i, expected.weights().get(i), actual.weights().get(i), tolerance);
            // Rows of δ sum to 0, so a column of G may be noise around 0: compare on the scale of the weights.
            double limit = tolerance * expected.weights().get(i).amaxNumber().doubleValue();
            double[] sum = Tensors.toDoubles(expected.sums().get(i));
            assertWithin(
                    "running sum " + i,
                    limit,
                    sum,
                    Tensors.toDoubles(actual.sums().get(i)));
        }
    }

    static INDArray stack(List<INDArray> rows) {
        return rows.size() == 1 ? rows.get(0) : Nd4j.concat(0, rows.toArray(new INDArray[0]));
    }
}
