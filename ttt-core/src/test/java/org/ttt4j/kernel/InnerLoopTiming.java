package org.ttt4j.kernel;

import java.util.Arrays;
import java.util.Locale;
import jdk.incubator.vector.FloatVector;

/**
 * Times the inner loop on one thread; a main, not a test, whose arguments are names of kernels (default: all). Prints the
 * time of a mini-batch over all heads, forward and backward (which includes running each group of checkpoints again), and of
 * one decoded token, each as the median and the best of many short samples: on a busy machine only the best one counts.
 * Before them stands the time that the multiply-adds alone of forward and backward would take in registers. The forward goes
 * over the same tokens again and again, its state goes on.
 */
final class InnerLoopTiming {

    private static final int MINI_BATCHES = 4;
    private static final int ROUNDS = 201;
    private static final long WARM_UP = 2_000_000_000L; // ns

    private InnerLoopTiming() {}

    public static void main(String[] args) {
        System.out.printf(Locale.ROOT, "JDK %s%n", Runtime.version());
        for (InnerShape shape : new InnerShape[] {
            InnerShape.linear(12, 64, 16),
            InnerShape.mlp(12, 64, 16),
            InnerShape.linear(4, 32, 16),
            InnerShape.mlp(4, 32, 16),
            InnerShape.linear(8, 80, 16),
            InnerShape.linear(8, 72, 16)
        }) {
            for (String name : args.length > 0 ? args : InnerKernels.names().toArray(String[]::new)) {
                time(InnerKernels.named(name), shape);
            }
        }
    }

    private static void time(InnerKernel kernel, InnerShape shape) {
        InnerCase c = new InnerCase(shape, 1);
        int length = MINI_BATCHES * shape.miniBatch();
        InnerChunk chunk = c.chunk(new int[1], new int[] {length}, length);
        InnerBuffers state = c.state(1);
        float[] out = new float[chunk.q().length];
        float[] dOut = c.gaussian(out.length, 1);
        InnerGradients g = InnerGradientTest.gradients(shape, chunk);
        FusedInnerLoop loop = new FusedInnerLoop(kernel, shape, new Workers(1));
        System.out.printf(
                Locale.ROOT,
                "%-6s %-6s %2d heads of %d, K=%d, us:",
                kernel.name(),
                shape.kind(),
                shape.heads(),
                shape.headSize(),
                shape.miniBatch());
        if (VectorApi.available()) {
            double rate = FmaRate.perMicrosecond();
            System.out.printf(
                    Locale.ROOT, " floors %.1f, %.1f", multiplyAdds(shape) / rate, backwardMultiplyAdds(shape) / rate);
        }
        print("forward", () -> loop.forward(c.weights, state, chunk, out), MINI_BATCHES);
        state.reset(0, c.learned);
        InnerTrace every = loop.trace(c.weights, state, chunk, out, 1);
        print("backward", () -> loop.backward(every, dOut, g), MINI_BATCHES);
        state.reset(0, c.learned);
        InnerTrace root = loop.trace(c.weights, state, chunk, out, 0);
        print("backward with root checkpoints", () -> loop.backward(root, dOut, g), MINI_BATCHES);
        InnerChunk[] tokens = new InnerChunk[shape.miniBatch()];
        for (int t = 0; t < tokens.length; t++) {
            tokens[t] = c.chunk(new int[] {t}, new int[] {1}, 1);
        }
        float[] token = new float[shape.channels()];
        print(
                "decode",
                () -> {
                    state.reset(0, c.learned);
                    for (InnerChunk t : tokens) {
                        loop.forward(c.weights, state, t, token);
                    }
                },
                tokens.length);
        System.out.println();
    }

    /** Of a forward of one whole mini-batch, all heads. */
    private static double multiplyAdds(InnerShape s) {
        double k = s.miniBatch();
        double d = s.headSize();
        double f = s.innerWidth();
        double lane = s.deep() ? 7 * k * d * f + 2 * k * k * (d + f) : 3 * k * d * d + 2 * k * k * d;
        return lane * s.heads();
    }

    /** Of a backward that begins with a checkpoint: the forward again, then two products for each one of it. */
    private static double backwardMultiplyAdds(InnerShape s) {
        return 3 * multiplyAdds(s);
    }

    private static void print(String what, Runnable work, int count) {
        double[] times = samples(work);
        print(what, times[ROUNDS / 2] / count, times[0] / count);
    }

    private static void print(String what, double median, double best) {
        System.out.printf(Locale.ROOT, " %s %.1f (%.1f)", what, median, best);
    }

    /** Microseconds, the best first. */
    private static double[] samples(Runnable work) {
        long warm = System.nanoTime();
        while (System.nanoTime() - warm < WARM_UP) {
            work.run();
        }
        double[] times = new double[ROUNDS];
        for (int i = 0; i < ROUNDS; i++) {
            long start = System.nanoTime();
            work.run();
            times[i] = (System.nanoTime() - start) / 1e3;
        }
        Arrays.sort(times);
        return times;
    }

    /** The machine's limit; a class of its own, because it needs the Vector API. */
    private static final class FmaRate {

        private static final int STEPS = 2000;
        private static final float[] RESULT = new float[FloatVector.SPECIES_PREFERRED.length()];

        /** Multiply-adds on one thread at best. */
        static double perMicrosecond() {
            double best = samples(FmaRate::chains)[0];
            return 12.0 * STEPS * RESULT.length / best;
        }

        /** Twelve independent sums. */
        private static void chains() {
            FloatVector x = FloatVector.broadcast(FloatVector.SPECIES_PREFERRED, 0.99f);
            FloatVector a = x;
            FloatVector b = x;
            FloatVector c = x;
            FloatVector d = x;
            FloatVector e = x;
            FloatVector f = x;
            FloatVector g = x;
            FloatVector h = x;
            FloatVector i = x;
            FloatVector j = x;
            FloatVector k = x;
            FloatVector l = x;
            for (int s = 0; s < STEPS; s++) {
                a = a.fma(x, x);
                b = b.fma(x, x);
                c = c.fma(x, x);
                d = d.fma(x, x);
                e = e.fma(x, x);
                f = f.fma(x, x);
                g = g.fma(x, x);
                h = h.fma(x, x);
                i = i.fma(x, x);
                j = j.fma(x, x);
                k = k.fma(x, x);
                l = l.fma(x, x);
            }
            a.add(b)
                    .add(c)
                    .add(d)
                    .add(e)
                    .add(f)
                    .add(g)
                    .add(h)
                    .add(i)
                    .add(j)
                    .add(k)
                    .add(l)
                    .intoArray(RESULT, 0);
        }
    }
}
