package org.ttt4j.rows;

/**
 * Depthwise convolution along consecutive rows of n channels, and what its filter's gradient needs. Where there are no rows,
 * nothing is touched.
 */
public interface ConvRows {

    /**
     * {@code y[r] = start[r] + Σ_j taps[j] ∘ x[r + j]} for r below rows and j below count; products are added in the order of j.
     *
     * @param taps rows of n from {@code tapsAt} on
     * @param startStep floats from a row of start to the next; 0 where they are one and the same. Start may be y
     * @param y written; must not be x
     */
    void slide(
            float[] x,
            int xAt,
            float[] taps,
            int tapsAt,
            int count,
            float[] start,
            int startAt,
            int startStep,
            float[] y,
            int yAt,
            int rows,
            int n);

    /**
     * {@code sums[j] += Σ_r dy[r] ∘ x[r + j]} for r below rows and j below count; products are added in the order of r.
     *
     * @param sums rows of n from {@code sumsAt} on
     */
    void correlate(float[] dy, int dyAt, float[] x, int xAt, int count, float[] sums, int sumsAt, int rows, int n);
}
