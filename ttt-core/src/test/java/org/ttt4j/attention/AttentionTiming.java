package org.ttt4j.attention;

import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import org.ttt4j.kernel.MemoryBandwidth;
import org.ttt4j.kernel.VectorApi;
import org.ttt4j.kernel.Workers;
import org.ttt4j.matrix.VectorProduct;

/**
 * Times attention alone, 12 heads of 64, beside what the machine can do; a main, not a test, whose arguments are threads and
 * lengths (default: 2 2048 8192). Medians of short samples: reading a text, its way back, and writing one token after it in
 * twelve layers. Counted are 4 D operations for every query, key that it sees and head (way back: 10 D), and the bytes of keys
 * and values. The product peak is that of 2048 x 768 times 768 x 2048.
 */
final class AttentionTiming {

    private static final int HEADS = 12;
    private static final int SIZE = 64;
    private static final int LAYERS = 12;
    private static final long SAMPLE = 2_000_000_000L; // ns

    private final Workers workers;
    private final AttentionShape shape = new AttentionShape(HEADS, HEADS, SIZE);
    private final boolean vectorised = VectorApi.available();

    private AttentionTiming(int threads) {
        workers = new Workers(threads);
    }

    public static void main(String[] args) {
        int[] numbers = args.length > 0
                ? Arrays.stream(args).mapToInt(Integer::parseInt).toArray()
                : new int[] {2, 2048, 8192};
        AttentionTiming timing = new AttentionTiming(numbers[0]);
        System.out.printf(Locale.ROOT, "JDK %s, %d threads%n", Runtime.version(), numbers[0]);
        double peak = timing.vectorised ? timing.productPeak() : Double.NaN;
        for (int i = 1; i < numbers.length; i++) {
            timing.time(numbers[i], peak);
        }
        timing.workers.close();
    }

    /** Operations a second. */
    private double productPeak() {
        int m = 2048;
        int k = 768;
        float[] x = gaussian(m * k, 1);
        float[] w = gaussian(k * m, 2);
        float[] y = new float[m * m];
        float[] zero = new float[64];
        double seconds = seconds(() -> workers.run(m / 64 * (m / 64), i -> {
            int row = i / (m / 64) * 64;
            int column = i % (m / 64) * 64;
            VectorProduct.product(y, row * m + column, m, zero, 0, 0, x, row * k, k, 1, w, column * k, 64, 64, k, 64);
        }));
        System.out.printf(Locale.ROOT, "product peak %.0f GFLOP/s%n", 2.0 * m * k * m / seconds / 1e9);
        return 2.0 * m * k * m / seconds;
    }

    private void time(int length, double peak) {
        float[] q = gaussian(length * HEADS * SIZE, 3);
        float[] k = gaussian(length * HEADS * SIZE, 4);
        float[] v = gaussian(length * HEADS * SIZE, 5);
        float[] out = new float[q.length];
        AttentionTokens text = new AttentionTokens(q, k, v, new int[1], new int[] {length}, length);
        FlashAttention attention = new FlashAttention(shape, workers, vectorised);
        double pairs = length * (length + 1.0) / 2 * HEADS;
        double forward = seconds(() -> attention.forward(new KeyValueBlocks(shape, 1), text, out));
        print("forward", length, forward, 4 * SIZE * pairs, peak, "GFLOP/s");

        AttentionTrace trace = attention.trace(new KeyValueBlocks(shape, 1), text, out);
        FlashGradient gradient = new FlashGradient(shape, workers, vectorised);
        float[] dq = new float[q.length];
        float[] dk = new float[q.length];
        float[] dv = new float[q.length];
        double backward = seconds(() -> gradient.backward(trace, out, dq, dk, dv));
        print("backward", length, backward, 10 * SIZE * pairs, peak, "GFLOP/s");

        KeyValueBlocks[] layers = new KeyValueBlocks[LAYERS];
        for (int i = 0; i < LAYERS; i++) {
            layers[i] = new KeyValueBlocks(shape, 1);
            layers[i].append(text, workers);
        }
        try (MemoryBandwidth memory = new MemoryBandwidth(workers.threads())) {
            double before = memory.read();
            double write = seconds(() -> {
                int[] position = {layers[0].length(0)};
                for (KeyValueBlocks read : layers) {
                    attention.forward(read, new AttentionTokens(q, k, v, position, new int[] {1}, 1), out);
                }
            });
            double limit = (before + memory.read()) / 2;
            print("writing", length, write, 8.0 * length * HEADS * SIZE * LAYERS, 1e9 * limit, "GB/s");
        }
    }

    private static void print(String what, int length, double seconds, double work, double limit, String unit) {
        System.out.printf(
                Locale.ROOT,
                "%-8s %6d tokens: %8.2f ms, %5.1f of %.1f %s, %.0f %%%n",
                what,
                length,
                1e3 * seconds,
                work / seconds / 1e9,
                limit / 1e9,
                unit,
                100 * work / seconds / limit);
    }

    /** The median, after warming up for as long. */
    private static double seconds(Runnable run) {
        long[] samples = new long[1 << 16];
        int n = 0;
        long start = System.nanoTime();
        while (n < 3 || System.nanoTime() - start < 2 * SAMPLE) {
            long began = System.nanoTime();
            run.run();
            samples[n++] = System.nanoTime() - began;
            if (n > 3 && System.nanoTime() - start < SAMPLE || n == samples.length) {
                n = 0;
            }
        }
        Arrays.sort(samples, 0, n);
        return samples[n / 2] / 1e9;
    }

    private static float[] gaussian(int n, long seed) {
        Random random = new Random(seed);
        float[] x = new float[n];
        for (int i = 0; i < n; i++) {
            x[i] = (float) random.nextGaussian();
        }
        return x;
    }
}
