package org.ttt4j.kernel;

/** Normalisation of one row without scale and shift, its Jacobian, and the gradient of the inner gradient. */
final class Norms {

    /** Inside the root, fixed by the authors. */
    static final float EPSILON = 1e-6f;

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

    /**
     * {@code y = (c - mean c - xhat mean(c xhat)) / s}: the Jacobian of the norm at a row, which is symmetric; returns the
     * mean of c xhat.
     */
    static float project(float[] c, float[] xhat, float s, float[] y, int n) {
        float mean = Dots.sum(c, n) / n;
        float along = Dots.dot(c, xhat, n) / n;
        float inverse = 1 / s;
        for (int j = 0; j < n; j++) {
            y[j] = (c[j] - mean - xhat[j] * along) * inverse;
        }
        return along;
    }

    /** {@code u = gamma e} with e as {@link #error} has it. */
    static void scaledError(float[] xhat, float[] v, float[] k, float[] gamma, float[] beta, float[] u, int n) {
        for (int j = 0; j < n; j++) {
            u[j] = gamma[j] * (gamma[j] * xhat[j] + beta[j] - (v[j] - k[j]));
        }
    }

    /** {@code e = gamma xhat + beta - (v - k)}: by how much the normalised output misses its target. */
    static void error(float[] xhat, float[] v, float[] k, float[] gamma, float[] beta, float[] e, int n) {
        for (int j = 0; j < n; j++) {
            e[j] = gamma[j] * xhat[j] + beta[j] - (v[j] - k[j]);
        }
    }

    /**
     * The gradient at a row before its norm, from h at {@code delta = project(u)} and et at e, {@code u = gamma e}: delta
     * depends on it through u, xhat and s.
     *
     * @param alongU the mean of u xhat
     * @param alongDelta the sum of h delta
     */
    static void throughNorm(
            float[] h,
            float[] et,
            float[] xhat,
            float s,
            float[] u,
            float alongU,
            float alongDelta,
            float[] gamma,
            float[] dz,
            int n) {
        float inverse = 1 / s;
        float ofH = alongU * inverse;
        float ofU = Dots.dot(h, xhat, n) / n * inverse;
        for (int j = 0; j < n; j++) {
            dz[j] = gamma[j] * et[j] - (ofH * h[j] + ofU * u[j]);
        }
        float mean = Dots.sum(dz, n) / n;
        float along = (Dots.dot(dz, xhat, n) + alongDelta) / n;
        for (int j = 0; j < n; j++) {
            dz[j] = (dz[j] - mean - xhat[j] * along) * inverse;
        }
    }
}
