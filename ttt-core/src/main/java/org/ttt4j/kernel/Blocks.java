package org.ttt4j.kernel;

import java.util.Arrays;

/**
 * Loops over blocks of rows that begin an array. C2 turns them into vector code: it sees that a store hits no later load,
 * because all arrays have the same index, and blocks are long enough for full vectors, where a row of a head is not.
 */
final class Blocks {

    private Blocks() {}

    /** Fills row t of a block with value t. */
    static void spread(float[] values, int first, float[] to, int rows, int stride) {
        for (int t = 0; t < rows; t++) {
            Arrays.fill(to, t * stride, (t + 1) * stride, values[first + t]);
        }
    }

    /** The sum of n values, in eight interleaved sums: fewer would wait for each other. */
    static float sum(float[] x, int at, int n) {
        float a = 0;
        float b = 0;
        float c = 0;
        float d = 0;
        float e = 0;
        float f = 0;
        float g = 0;
        float h = 0;
        int end = at + n;
        int j = at;
        for (; j + 8 <= end; j += 8) {
            a += x[j];
            b += x[j + 1];
            c += x[j + 2];
            d += x[j + 3];
            e += x[j + 4];
            f += x[j + 5];
            g += x[j + 6];
            h += x[j + 7];
        }
        for (; j < end; j++) {
            a += x[j];
        }
        return ((a + e) + (b + f)) + ((c + g) + (d + h));
    }

    /** x . y of n values, in eight interleaved sums. */
    static float dot(float[] x, int at, float[] y, int from, int n) {
        float a = 0;
        float b = 0;
        float c = 0;
        float d = 0;
        float e = 0;
        float f = 0;
        float g = 0;
        float h = 0;
        int j = 0;
        for (; j + 8 <= n; j += 8) {
            a += x[at + j] * y[from + j];
            b += x[at + j + 1] * y[from + j + 1];
            c += x[at + j + 2] * y[from + j + 2];
            d += x[at + j + 3] * y[from + j + 3];
            e += x[at + j + 4] * y[from + j + 4];
            f += x[at + j + 5] * y[from + j + 5];
            g += x[at + j + 6] * y[from + j + 6];
            h += x[at + j + 7] * y[from + j + 7];
        }
        for (; j < n; j++) {
            a += x[at + j] * y[from + j];
        }
        return ((a + e) + (b + f)) + ((c + g) + (d + h));
    }

    /** The sum of n values x into {@code sums[t]}, x . y into {@code dots[t]}. */
    static void sumAndDot(float[] sums, float[] dots, int t, float[] x, float[] y, int at, int n) {
        float a = 0;
        float b = 0;
        float c = 0;
        float d = 0;
        float e = 0;
        float f = 0;
        float g = 0;
        float h = 0;
        int end = at + n;
        int j = at;
        for (; j + 4 <= end; j += 4) {
            a += x[j];
            b += x[j + 1];
            c += x[j + 2];
            d += x[j + 3];
            e += x[j] * y[j];
            f += x[j + 1] * y[j + 1];
            g += x[j + 2] * y[j + 2];
            h += x[j + 3] * y[j + 3];
        }
        for (; j < end; j++) {
            a += x[j];
            e += x[j] * y[j];
        }
        sums[t] = (a + b) + (c + d);
        dots[t] = (e + f) + (g + h);
    }

    static void scale(float[] y, float c, float[] x, int n) {
        for (int j = 0; j < n; j++) {
            y[j] = c * x[j];
        }
    }

    static void add(float[] y, float c, float[] x, int n) {
        for (int j = 0; j < n; j++) {
            y[j] += c * x[j];
        }
    }

    static void subtract(float[] y, float[] x, int n) {
        for (int j = 0; j < n; j++) {
            y[j] -= x[j];
        }
    }

    static void multiply(float[] y, float[] x, float[] z, int n) {
        for (int j = 0; j < n; j++) {
            y[j] = x[j] * z[j];
        }
    }

    static void addProduct(float[] y, float[] x, float[] z, int n) {
        for (int j = 0; j < n; j++) {
            y[j] += x[j] * z[j];
        }
    }

    /** {@code y = (c - mean - x along) factor}. */
    static void project(float[] y, float[] c, float[] mean, float[] x, float[] along, float[] factor, int n) {
        for (int j = 0; j < n; j++) {
            y[j] = (c[j] - mean[j] - x[j] * along[j]) * factor[j];
        }
    }

    /** {@code x = z inverse}, {@code u = gamma (gamma x + beta - (v - k))}; x may be z. */
    static void scaledError(
            float[] u, float[] z, float[] inverse, float[] gamma, float[] beta, float[] v, float[] k, int n) {
        for (int j = 0; j < n; j++) {
            float x = z[j] * inverse[j];
            z[j] = x;
            u[j] = gamma[j] * (gamma[j] * x + beta[j] - (v[j] - k[j]));
        }
    }

    /** {@code out = q + gamma z inverse + beta}. */
    static void output(float[] out, float[] q, float[] gamma, float[] z, float[] inverse, float[] beta, int n) {
        for (int j = 0; j < n; j++) {
            out[j] = q[j] + gamma[j] * (z[j] * inverse[j]) + beta[j];
        }
    }

    /** {@code g = ut (gamma x + beta - (v - k)) + e x}. */
    static void scaleGradient(
            float[] g, float[] ut, float[] gamma, float[] x, float[] beta, float[] v, float[] k, float[] e, int n) {
        for (int j = 0; j < n; j++) {
            g[j] = ut[j] * (gamma[j] * x[j] + beta[j] - (v[j] - k[j])) + e[j] * x[j];
        }
    }

    /** {@code y = gamma e - (ofH h + ofU u)}. */
    static void throughNorm(
            float[] y, float[] gamma, float[] e, float[] ofH, float[] h, float[] ofU, float[] u, int n) {
        for (int j = 0; j < n; j++) {
            y[j] = gamma[j] * e[j] - (ofH[j] * h[j] + ofU[j] * u[j]);
        }
    }
}
