package org.ttt4j.kernel;

/** Normalisation of one row without scale and shift, its Jacobian, and the gradient of the inner gradient. */
final class Norms {

    /** Inside the root, fixed by the authors. */
    private static final float EPSILON = 1e-6f;

    private Norms() {}

    /** {@code z = (z - mean z) / s} in place; returns s = sqrt(var z + eps) with the biased variance. */
    static float normalise(float[] z, int n) {
        float mean = Dots.sum(z, n) / n;
        for (int j = 0; j < n; j++) {
            z[j] -= mean;
        }
        float s = (float) Math.sqrt(Dots.dot(z, z, n) / n + EPSILON);
        float inverse = 1 / s;
        for (int j = 0; j < n; j++) {
            z[j] *= inverse;
        }
        return s;
    }

    /** {@code y = (c - mean c - xhat mean(c xhat)) / s}: the Jacobian of the norm at a row, which is symmetric. */
    static void project(float[] c, float[] xhat, float s, float[] y, int n) {
        float mean = Dots.sum(c, n) / n;
        float along = Dots.dot(c, xhat, n) / n;
        float inverse = 1 / s;
        for (int j = 0; j < n; j++) {
            y[j] = (c[j] - mean - xhat[j] * along) * inverse;
        }
    }

    /**
     * The gradient of the inner loss at the inner model's output: {@code e = gamma xhat + beta - (v - k)}, {@code u = gamma e},
     * {@code delta = project(u)}.
     */
    static void innerGradient(
            float[] xhat,
            float s,
            float[] v,
            float[] k,
            float[] gamma,
            float[] beta,
            float[] e,
            float[] u,
            float[] delta,
            int n) {
        for (int j = 0; j < n; j++) {
            e[j] = gamma[j] * xhat[j] + beta[j] - (v[j] - k[j]);
        }
        for (int j = 0; j < n; j++) {
            u[j] = gamma[j] * e[j];
        }
        project(u, xhat, s, delta, n);
    }

    /**
     * The gradient at z, the row before its norm, from h at delta and et at e: delta depends on it through u, xhat and s.
     */
    static void throughNorm(
            float[] h, float[] et, float[] xhat, float s, float[] u, float[] delta, float[] gamma, float[] dz, int n) {
        float inverse = 1 / s;
        float alongU = Dots.dot(u, xhat, n) / n * inverse;
        float alongH = Dots.dot(h, xhat, n) / n * inverse;
        for (int j = 0; j < n; j++) {
            dz[j] = gamma[j] * et[j] - alongU * h[j] - alongH * u[j];
        }
        float mean = Dots.sum(dz, n) / n;
        float along = (Dots.dot(dz, xhat, n) + Dots.dot(h, delta, n)) / n;
        for (int j = 0; j < n; j++) {
            dz[j] = (dz[j] - mean - xhat[j] * along) * inverse;
        }
    }
}
