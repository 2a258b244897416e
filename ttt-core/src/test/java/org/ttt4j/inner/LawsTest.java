package org.ttt4j.inner;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;
import org.ttt4j.param.Init;
import org.ttt4j.tensor.Tensors;

/** What TTT becomes with other learners: known layers, and a learning curve in closed form. All through public faces. */
class LawsTest {

    /** f(x) = x W, without bias or norm. */
    private static final class Plain implements InnerModel {

        @Override
        public String name() {
            return "plain";
        }

        @Override
        public List<InnerWeight> weights(int D) {
            return List.of(new InnerWeight("W", Init.zeros(), D, D));
        }

        @Override
        public INDArray predict(List<INDArray> W, INDArray x) {
            return x.mmul(W.get(0));
        }

        @Override
        public List<INDArray> gradient(List<INDArray> W, INDArray x, INDArray cotangent) {
            return List.of(x.transpose().mmul(cotangent));
        }
    }

    /** A nonparametric learner: it remembers every token (paper, section 2.6). */
    private static final class NadarayaWatson implements InnerLearner {

        @Override
        public State start() {
            return new Memory(List.of(), List.of());
        }

        private static final class Memory implements State {
            private final List<INDArray> keys;
            private final List<INDArray> labels;

            Memory(List<INDArray> keys, List<INDArray> labels) {
                this.keys = new ArrayList<>(keys);
                this.labels = new ArrayList<>(labels);
            }

            @Override
            public void train(INDArray k, INDArray v, double rate) {
                keys.add(k.dup());
                labels.add(v.dup());
            }

            @Override
            public INDArray predict(INDArray q) {
                double total = 0;
                INDArray sum = Nd4j.zerosLike(q);
                for (int s = 0; s < keys.size(); s++) {
                    double kernel = Math.exp(q.mul(keys.get(s)).sumNumber().doubleValue());
                    total += kernel;
                    sum.addi(labels.get(s).mul(kernel));
                }
                return sum.divi(total);
            }

            @Override
            public State copy() {
                return new Memory(keys, labels);
            }
        }
    }

    private final Random random = new Random(51);
    private final int r = 11;
    private final int D = 5;
    private final INDArray XQ = Lanes.normal(random, 0.7, r, D);
    private final INDArray XK = Lanes.normal(random, 0.7, r, D);
    private final INDArray XV = Lanes.normal(random, 1, r, D);
    private final List<INDArray> zero = List.of(Nd4j.zeros(DataType.DOUBLE, D, D));

    /** Theorem 1: batch descent on a linear model from 0 with rate 1 is unnormalised linear attention. */
    @Test
    void batchDescentIsLinearAttention() {
        InnerLearner learner = new GradientLearner(new Plain(), new SquaredError(), zero, ones(r + 1));
        INDArray out = PrimalInnerLoop.run(learner.start(), XQ, XK, XV, ones(r));
        INDArray scores = XQ.mmul(XK.transpose()).mul(Matrices.causalMask(DataType.DOUBLE, r, 0));
        Lanes.assertClose("linear attention", scores.mmul(XV), out, 1e-13);
    }

    /** Theorem 2: the Nadaraya-Watson estimator with an exponential kernel is softmax attention. */
    @Test
    void nadarayaWatsonIsSoftmaxAttention() {
        INDArray out = PrimalInnerLoop.run(new NadarayaWatson().start(), XQ, XK, XV, ones(r));
        INDArray scores = Transforms.exp(XQ.mmul(XK.transpose()), true).mul(Matrices.causalMask(DataType.DOUBLE, r, 0));
        Lanes.assertClose("attention", scores.mmul(XV).div(scores.sum(true, 1)), out, 1e-13);
    }

    /** Online descent on a linear model is the delta rule: W ← W + β kᵀ(v - k W). */
    @Test
    void onlineDescentIsTheDeltaRule() {
        INDArray beta = Lanes.uniform(random, 0.1, 0.9, r);
        InnerLearner learner = new GradientLearner(new Plain(), new SquaredError(), zero, ones(1));
        INDArray out = PrimalInnerLoop.run(learner.start(), XQ, XK, XV, beta);
        double[][] W = new double[D][D];
        for (int t = 0; t < r; t++) {
            double[] error = new double[D];
            for (int j = 0; j < D; j++) {
                error[j] = XV.getDouble(t, j);
                for (int i = 0; i < D; i++) {
                    error[j] -= XK.getDouble(t, i) * W[i][j];
                }
            }
            for (int j = 0; j < D; j++) {
                double expected = 0;
                for (int i = 0; i < D; i++) {
                    W[i][j] += beta.getDouble(t) * XK.getDouble(t, i) * error[j];
                    expected += XQ.getDouble(t, i) * W[i][j];
                }
                assertEquals(expected, out.getDouble(t, j), 1e-12, "token " + t);
            }
        }
    }

    /**
     * Keys x ~ N(0, I), labels x w: with mini-batches of b tokens and the rate 1/(1 + b + d) the expected squared distance
     * to w shrinks by (d + 1)/(b + d + 1) per mini-batch, whatever it was before.
     *
     * <p>No sampling is needed. The distance after a mini-batch is a polynomial of degree 4 in each key and even, so its
     * expectation is the plain mean over points with the moments of the normal distribution up to degree 4: the directions
     * of a regular polytope at two radii, r² = d ± √(2d).
     */
    @Test
    void theLearningCurveHasAClosedForm() {
        double phi = (1 + Math.sqrt(5)) / 2;
        double[][] hexagon = {{1, 0}, {0.5, Math.sqrt(0.75)}, {-0.5, Math.sqrt(0.75)}};
        double[][] icosahedron = {{0, 1, phi}, {0, 1, -phi}, {1, phi, 0}, {1, -phi, 0}, {phi, 0, 1}, {-phi, 0, 1}};
        for (double[][] directions : List.of(hexagon, icosahedron)) {
            int d = directions[0].length;
            List<INDArray> points = points(directions);
            for (int b = 1; Math.pow(points.size(), b) < 300; b++) {
                INDArray w = Lanes.normal(random, 1, d, d);
                INDArray W0 = Lanes.normal(random, 1, d, d);
                InnerLearner learner = new GradientLearner(new Plain(), new SquaredError(), List.of(W0), ones(b));
                double expected = squared(W0.sub(w)) * (d + 1) / (b + d + 1);
                assertEquals(expected, meanDistance(learner, points, b, w), 1e-12 * expected, "d " + d + ", b " + b);
            }
        }
    }

    /** The mean over all b-tuples of points of |W - w|² after a mini-batch of them. */
    private static double meanDistance(InnerLearner learner, List<INDArray> points, int b, INDArray w) {
        int tuples = (int) Math.pow(points.size(), b);
        int d = (int) w.size(0);
        double sum = 0;
        for (int tuple = 0; tuple < tuples; tuple++) {
            InnerLearner.State state = learner.start();
            for (int s = 0, code = tuple; s < b; s++, code /= points.size()) {
                INDArray x = points.get(code % points.size());
                state.train(x, x.mmul(w), 1.0 / (1 + b + d));
            }
            sum += squared(state.predict(Nd4j.eye(d).castTo(DataType.DOUBLE)).sub(w));
        }
        return sum / tuples;
    }

    private static List<INDArray> points(double[][] directions) {
        List<INDArray> points = new ArrayList<>();
        for (double[] direction : directions) {
            int d = direction.length;
            INDArray u = Tensors.of(direction, 1, d);
            u.divi(u.norm2Number());
            points.add(u.mul(Math.sqrt(d + Math.sqrt(2 * d))));
            points.add(u.mul(Math.sqrt(d - Math.sqrt(2 * d))));
        }
        return points;
    }

    private static double squared(INDArray x) {
        return x.mul(x).sumNumber().doubleValue();
    }

    private static INDArray ones(int n) {
        return Nd4j.ones(DataType.DOUBLE, n);
    }
}
