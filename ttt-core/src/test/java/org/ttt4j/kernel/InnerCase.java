package org.ttt4j.kernel;

import java.util.Arrays;
import java.util.Random;

/** Random inputs of an inner loop, and what the double-precision twin makes of them. */
final class InnerCase {

    final InnerShape shape;
    final InnerWeights weights;
    final FastWeights learned;
    private final Random random;

    InnerCase(InnerShape shape, long seed) {
        this.shape = shape;
        random = new Random(seed);
        float[] gamma = gaussian(shape.channels(), 0.3);
        for (int i = 0; i < gamma.length; i++) {
            gamma[i] += 1;
        }
        float[] a = gaussian(shape.miniBatch(), 0.1);
        for (int j = 0; j < a.length; j++) {
            a[j] = Math.max(0, a[j] + 1f / (j + 1));
        }
        weights = new InnerWeights(gamma, gaussian(shape.channels(), 0.3), a);
        int d = shape.headSize();
        int f = shape.innerWidth();
        int h = shape.heads();
        boolean deep = shape.deep();
        learned = new FastWeights(
                gaussian(h * d * f, 1 / Math.sqrt(d)),
                gaussian(h * f, 0.3),
                gaussian(deep ? h * f * d : 0, 1 / Math.sqrt(f)),
                gaussian(deep ? h * d : 0, 0.3));
    }

    float[] gaussian(int n, double scale) {
        float[] x = new float[n];
        for (int i = 0; i < n; i++) {
            x[i] = (float) (scale * random.nextGaussian());
        }
        return x;
    }

    InnerChunk chunk(int[] position, int[] length, int columns) {
        int tokens = position.length * columns;
        float[] rate = new float[tokens * shape.heads()];
        for (int i = 0; i < rate.length; i++) {
            rate[i] = (float) ((0.1 + 0.9 * random.nextDouble()) / shape.headSize());
        }
        return new InnerChunk(
                gaussian(tokens * shape.channels(), 1),
                gaussian(tokens * shape.channels(), 1),
                gaussian(tokens * shape.channels(), 1),
                rate,
                position,
                length,
                columns);
    }

    /** A batch at the start. */
    InnerBuffers state(int batch) {
        InnerBuffers state = new InnerBuffers(shape, batch);
        for (int b = 0; b < batch; b++) {
            state.reset(b, learned);
        }
        return state;
    }

    /** Twins at the start, [B][H]. */
    PrimalTwin[][] twins(int batch) {
        PrimalTwin[][] twins = new PrimalTwin[batch][shape.heads()];
        Doubles x = new Doubles(this, null);
        for (int b = 0; b < batch; b++) {
            for (int h = 0; h < shape.heads(); h++) {
                twins[b][h] = x.start(shape, h);
            }
        }
        return twins;
    }

    /** Runs the chunk on the twins, which are advanced; returns out [B, L, C]. */
    double[] run(PrimalTwin[][] twins, InnerChunk chunk) {
        return new Doubles(this, chunk).run(shape, chunk, twins);
    }

    static double[] widen(float[] x) {
        double[] y = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            y[i] = x[i];
        }
        return y;
    }

    /** The largest difference, relative to the largest entry. */
    static double error(float[] actual, double[] expected) {
        double scale = 1e-30;
        double worst = 0;
        for (int i = 0; i < expected.length; i++) {
            scale = Math.max(scale, Math.abs(expected[i]));
            double difference = Math.abs(actual[i] - expected[i]);
            worst = difference <= worst ? worst : difference; // NaN wins
        }
        return worst / scale;
    }

    /** All inputs in double precision, so that one of them can be moved a little. */
    static final class Doubles {
        final double[] q;
        final double[] k;
        final double[] v;
        final double[] rate;
        final double[] gamma;
        final double[] beta;
        final double[] a;
        final double[][] start;

        Doubles(InnerCase c, InnerChunk chunk) {
            q = chunk == null ? null : widen(chunk.q());
            k = chunk == null ? null : widen(chunk.k());
            v = chunk == null ? null : widen(chunk.v());
            rate = chunk == null ? null : widen(chunk.rate());
            gamma = widen(c.weights.gamma());
            beta = widen(c.weights.beta());
            a = widen(c.weights.a());
            start = new double[][] {
                widen(c.learned.W1()), widen(c.learned.b1()), widen(c.learned.W2()), widen(c.learned.b2())
            };
        }

        PrimalTwin start(InnerShape s, int head) {
            double[][] part = new double[4][];
            for (int i = 0; i < 4; i++) {
                int n = start[i].length / s.heads();
                part[i] = Arrays.copyOfRange(start[i], head * n, (head + 1) * n);
            }
            return new PrimalTwin(s, part[0], part[1], part[2], part[3]);
        }

        double[] run(InnerShape s, InnerChunk chunk, PrimalTwin[][] twins) {
            double[] out = new double[q.length];
            int d = s.headSize();
            for (int b = 0; b < chunk.batch(); b++) {
                for (int t = 0; t < chunk.length()[b]; t++) {
                    int token = b * chunk.columns() + t;
                    for (int h = 0; h < s.heads(); h++) {
                        int at = token * s.channels() + h * d;
                        double[] y = twins[b][h].step(
                                row(q, at, d),
                                row(k, at, d),
                                row(v, at, d),
                                rate[token * s.heads() + h],
                                row(gamma, h * d, d),
                                row(beta, h * d, d),
                                a);
                        System.arraycopy(y, 0, out, at, d);
                    }
                }
            }
            return out;
        }

        private static double[] row(double[] x, int at, int n) {
            return Arrays.copyOfRange(x, at, at + n);
        }
    }
}
