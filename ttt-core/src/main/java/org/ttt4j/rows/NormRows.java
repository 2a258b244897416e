package org.ttt4j.rows;

/**
 * RMSNorm and LayerNorm of rows {@code from} to {@code to - 1}, each as wide as the weight, and their gradients. Rows are
 * normalised again on the way back: nothing is stored. Results are written, whatever stood there, and may lie where an operand
 * of the same shape lies.
 */
public interface NormRows {

    /** {@code y = x w / √(mean x² + eps)}. */
    void rms(float[] x, float[] w, double eps, float[] y, int from, int to);

    /**
     * Writes the gradient at x.
     *
     * @param sums the gradient at w is added to it
     */
    void rmsGradient(float[] x, float[] w, double eps, float[] dy, float[] dx, int from, int to, float[] sums);

    /** {@code y = w (x - mean x) / √(var x + eps) + b}, with the biased variance. */
    void layer(float[] x, float[] w, float[] b, double eps, float[] y, int from, int to);

    /**
     * Writes the gradient at x.
     *
     * @param sums the gradients at w and at b, one after the other, are added to it
     */
    void layerGradient(float[] x, float[] w, double eps, float[] dy, float[] dx, int from, int to, float[] sums);
}
