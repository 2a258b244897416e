package org.ttt4j.rows;

/** What softmax and cross entropy need of one row: n entries from an offset on. */
public interface SoftmaxRows {

    /** The largest entry. */
    float max(float[] x, int at, int n);

    /** {@code Σ e^(x - max)}. */
    double sumExp(float[] x, int at, int n, float max);

    /** {@code y = e^(x - max)} at the same offset; returns their sum. */
    double exp(float[] x, int at, int n, float max, float[] y);

    /** {@code x *= factor}. */
    void scale(float[] x, int at, int n, float factor);
}
