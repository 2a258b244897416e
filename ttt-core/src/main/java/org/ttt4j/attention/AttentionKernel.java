package org.ttt4j.attention;

import org.ttt4j.kernel.VectorApi;

/**
 * The arithmetic of a block, of rows that do not depend on each other. Scores are logarithms to base 2 and lie
 * {@link AttentionShape#BLOCK} to a row. Serves one thread at a time.
 */
interface AttentionKernel {

    /**
     * Scores may exceed the maximum by this much before sums are scaled to a new one: weights stay below 2^LAZY, and sums are
     * hardly ever scaled.
     */
    float LAZY = 8;

    /** Weights below 2^LEAST are 0. */
    float LEAST = -125;

    static AttentionKernel of(boolean vectorised, AttentionShape shape) {
        return vectorised && VectorApi.available() ? new VectorAttentionKernel() : new PlainAttentionKernel(shape);
    }

    /**
     * {@code Y[i] = I[i] + Σ X(i, p) W[p]} for rows of n columns; X(i, p) lies at {@code x + i xr + p xp}, rows of Y, I and W
     * ly, li and lw apart. Each entry is one sum in ascending order of p. I may be Y.
     *
     * @param n a multiple of {@link AttentionShape#VECTOR}
     */
    void product(
            float[] Y,
            int y,
            int ly,
            float[] I,
            int i,
            int li,
            float[] X,
            int x,
            int xr,
            int xp,
            float[] W,
            int w,
            int lw,
            int rows,
            int depth,
            int n);

    /** Turns scores from an offset on into weights {@code 2^(s - max)}, in place, and adds those to the sums; scales the sums where a maximum rises. */
    void weigh(float[] scores, int at, int rows, PartialSums sums, int width);

    /** Whether {@link #weigh} would raise a maximum. */
    boolean exceeds(float[] scores, int at, int rows, float[] max);

    /** Whether there are {@link #scores} and {@link #values} for this shape. */
    boolean readsSideBySide(AttentionShape shape);

    /**
     * Scores of one query for each of {@link SpanReader#STREAMS} lanes, as {@link #product} gives them.
     *
     * @param scores of a lane lie apart, those of a block after those of the one before
     * @param q [lanes, size]
     * @param first block of every lane
     * @param count blocks
     */
    void scores(float[] scores, int apart, float[] q, int size, float[][][] blocks, int[] first, int count);

    /** Sums of values by their weights, for each of {@link SpanReader#STREAMS} lanes, as {@link #product} gives them; out is 0. */
    void values(
            float[] out, AttentionShape shape, float[] weights, int apart, float[][][] blocks, int[] first, int count);

    /**
     * The way back through the softmax.
     *
     * @param scores become weights P = 2^(s - logSum)
     * @param dWeights gradients at the weights; become those at the scores, P ∘ (dP - dot)
     * @param logSum of every row, from an offset on
     * @param dot {@code Σ dP ∘ P} of every row, from the same offset on
     */
    void unweigh(float[] scores, float[] dWeights, int rows, float[] logSum, float[] dot, int at);

    /** {@code y = a y + b x} for n entries at the same offset, a multiple of {@link AttentionShape#VECTOR}. */
    void mix(float[] y, int at, float a, float[] x, float b, int n);
}
