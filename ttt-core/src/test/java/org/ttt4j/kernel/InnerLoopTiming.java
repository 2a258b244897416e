package org.ttt4j.kernel;

import java.util.Arrays;
import java.util.Locale;

/**
 * Times the inner loop on one thread; a main, not a test. Prints the median time of a mini-batch over all heads, forward and
 * backward (which includes running each group of checkpoints again), and of one decoded token.
 */
final class InnerLoopTiming {

    private static final int MINI_BATCHES = 16;
    private static final int ROUNDS = 31;

    private InnerLoopTiming() {}

    public static void main(String[] args) {
        for (InnerShape shape : new InnerShape[] {
            InnerShape.linear(12, 64, 16),
            InnerShape.mlp(12, 64, 16),
            InnerShape.linear(4, 32, 16),
            InnerShape.mlp(4, 32, 16)
        }) {
            time(shape);
        }
    }

    private static void time(InnerShape shape) {
        InnerCase c = new InnerCase(shape, 1);
        int length = MINI_BATCHES * shape.miniBatch();
        InnerChunk chunk = c.chunk(new int[1], new int[] {length}, length);
        InnerBuffers state = c.state(1);
        float[] out = new float[chunk.q().length];
        float[] dOut = c.gaussian(out.length, 1);
        InnerGradients g = InnerGradientTest.gradients(shape, chunk);
        FusedInnerLoop loop = new FusedInnerLoop(InnerKernels.best(), shape, new Workers(1));
        double forward = median(() -> {
                    state.reset(0, c.learned);
                    loop.forward(c.weights, state, chunk, out);
                })
                / MINI_BATCHES;
        state.reset(0, c.learned);
        InnerTrace every = loop.trace(c.weights, state, chunk, out, 1);
        double backward = median(() -> loop.backward(every, dOut, g)) / MINI_BATCHES;
        state.reset(0, c.learned);
        InnerTrace root = loop.trace(c.weights, state, chunk, out, 0);
        double checkpointed = median(() -> loop.backward(root, dOut, g)) / MINI_BATCHES;
        InnerChunk[] tokens = new InnerChunk[shape.miniBatch()];
        for (int t = 0; t < tokens.length; t++) {
            tokens[t] = c.chunk(new int[] {t}, new int[] {1}, 1);
        }
        float[] token = new float[shape.channels()];
        double decode = median(() -> {
                    state.reset(0, c.learned);
                    for (InnerChunk t : tokens) {
                        loop.forward(c.weights, state, t, token);
                    }
                })
                / tokens.length;
        double flops = flops(shape);
        System.out.printf(
                Locale.ROOT,
                "%-6s %2d heads of %d, K=%d: forward %.0f us (%.1f GFLOP/s), backward %.0f us"
                        + " (%.1f GFLOP/s), backward with root checkpoints %.0f us, decode %.1f us a token%n",
                shape.kind(),
                shape.heads(),
                shape.headSize(),
                shape.miniBatch(),
                forward,
                flops / forward / 1e3,
                backward,
                3 * flops / backward / 1e3,
                checkpointed,
                decode);
    }

    /** Of a forward of one whole mini-batch, all heads; a backward takes thrice that, its own forward included. */
    private static double flops(InnerShape s) {
        double k = s.miniBatch();
        double d = s.headSize();
        double f = s.innerWidth();
        double lane = s.deep() ? 7 * k * d * f + 2 * k * k * (d + f) : 3 * k * d * d + 2 * k * k * d;
        return 2 * lane * s.heads();
    }

    /** Microseconds. */
    private static double median(Runnable work) {
        long warm = System.nanoTime();
        while (System.nanoTime() - warm < 2_000_000_000L) {
            work.run();
        }
        double[] times = new double[ROUNDS];
        for (int i = 0; i < ROUNDS; i++) {
            long start = System.nanoTime();
            work.run();
            times[i] = (System.nanoTime() - start) / 1e3;
        }
        Arrays.sort(times);
        return times[ROUNDS / 2];
    }
}
