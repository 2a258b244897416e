package org.ttt4j.attention;

import static org.ttt4j.attention.AttentionShape.VECTOR;

import java.util.Arrays;

/** A softmax under way, for some rows: {@code Σ 2^(s-max)} and {@code Σ 2^(s-max) v} over the keys met so far. */
final class PartialSums {

    /** The maximum over no keys. Finite, so that differences stay numbers. */
    static final float NOTHING = -1e30f;

    /** Base 2, for {@code 2^x = e^(x ln 2)}. */
    private static final double LN2 = Math.log(2);

    private final int width;
    private final float[] max; // [rows]; at least the largest score less AttentionKernel.LAZY
    private final float[] sums; // [rows, VECTOR], in parts
    private final float[] out; // [rows, width]

    PartialSums(int rows, int width) {
        this.width = width;
        max = new float[rows];
        sums = new float[rows * VECTOR];
        out = new float[rows * width];
    }

    float[] max() {
        return max;
    }

    float[] sums() {
        return sums;
    }

    float[] out() {
        return out;
    }

    void clear(int rows) {
        Arrays.fill(max, 0, rows, NOTHING);
        Arrays.fill(sums, 0, rows * VECTOR, 0);
        Arrays.fill(out, 0, rows * width, 0);
    }

    /** Adds sums over later keys, row by row. */
    void add(PartialSums later, int rows, AttentionKernel kernel) {
        for (int r = 0; r < rows; r++) {
            if (later.max[r] == NOTHING) {
                continue;
            }
            float m = Math.max(max[r], later.max[r]);
            float own = power(max[r] - m);
            float others = power(later.max[r] - m);
            kernel.mix(sums, r * VECTOR, own, later.sums, others, VECTOR);
            kernel.mix(out, r * width, own, later.out, others, width);
            max[r] = m;
        }
    }

    /** 2^x for x at most 0. */
    private static float power(float x) {
        return x == 0 ? 1 : (float) Math.exp(x * LN2);
    }

    /** Writes a row's result. */
    void write(int row, float[] to, int at, int size) {
        float factor = 1 / sum(row);
        for (int d = 0; d < size; d++) {
            to[at + d] = out[row * width + d] * factor;
        }
    }

    /** {@code log2 Σ 2^s}. */
    float logSum(int row) {
        return (float) (max[row] + Math.log(sum(row)) / LN2);
    }

    private float sum(int row) {
        float sum = 0;
        for (int i = 0; i < VECTOR; i++) {
            sum += sums[row * VECTOR + i];
        }
        return sum;
    }
}
