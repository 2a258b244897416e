package org.ttt4j.rows;

/** The optimiser's arithmetic on entries {@code from} to {@code to - 1}. */
public interface UpdateRows {

    /**
     * The constants of one step of AdamW: {@code g' = scale g}, {@code m = beta1 m + rest1 g'}, {@code v = beta2 v + rest2 g'²},
     * {@code w = keep w - rate m / (√v rootScale + epsilon)}.
     */
    record AdamW(
            float scale,
            float beta1,
            float rest1,
            float beta2,
            float rest2,
            float rate,
            float rootScale,
            float epsilon,
            float keep) {}

    /** One step; changes w, m and v. */
    void adamW(float[] w, float[] g, float[] m, float[] v, AdamW step, int from, int to);

    /** {@code Σ x²}. */
    double squaredNorm(float[] x, int from, int to);
}
