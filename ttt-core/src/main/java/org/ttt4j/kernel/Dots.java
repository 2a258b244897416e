package org.ttt4j.kernel;

/**
 * Products with a transposed matrix whose result is narrow: every element is a scalar product, eight of them at a time in
 * registers, each summed in ascending order. Wide results are cheaper by {@link #transpose} and {@link Products#add}.
 */
final class Dots {

    private Dots() {}

    /** {@code P[t][s] = plus + X[x+t] . K[s]} over n for s up to stored + t, 0 for the others below stored + rows. */
    static void lower(float[][] P, float plus, float[][] X, int x, float[][] K, int stored, int rows, int n) {
        int t = 0;
        for (; t + 2 <= rows; t += 2) {
            pair(P[t], P[t + 1], X[x + t], X[x + t + 1], K, stored + t + 2, n);
        }
        if (t < rows) {
            one(P[t], 0, X[x + t], K, stored + t + 1, n);
        }
        for (t = 0; t < rows; t++) {
            for (int s = 0; s <= stored + t; s++) {
                P[t][s] += plus;
            }
            for (int s = stored + t + 1; s < stored + rows; s++) {
                P[t][s] = 0;
            }
        }
    }

    /** {@code Y[y+t][s] = X[x+t] . W[s]} over n for all s below columns. */
    static void all(float[][] Y, int y, float[][] X, int x, float[][] W, int rows, int columns, int n) {
        int t = 0;
        for (; t + 2 <= rows; t += 2) {
            pair(Y[y + t], Y[y + t + 1], X[x + t], X[x + t + 1], W, columns, n);
        }
        if (t < rows) {
            one(Y[y + t], 0, X[x + t], W, columns, n);
        }
    }

    /** {@code T = scale W'}; W has rows x columns. */
    static void transpose(float[][] T, float scale, float[][] W, int rows, int columns) {
        int i = 0;
        for (; i + 4 <= rows; i += 4) {
            float[] a = W[i];
            float[] b = W[i + 1];
            float[] c = W[i + 2];
            float[] d = W[i + 3];
            for (int j = 0; j < columns; j++) {
                float[] to = T[j];
                to[i] = scale * a[j];
                to[i + 1] = scale * b[j];
                to[i + 2] = scale * c[j];
                to[i + 3] = scale * d[j];
            }
        }
        for (; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                T[j][i] = scale * W[i][j];
            }
        }
    }

    /** x . y over n. */
    static float dot(float[] x, float[] y, int n) {
        return Blocks.dot(x, 0, y, 0, n);
    }

    /** The sum of n values. */
    static float sum(float[] x, int n) {
        return Blocks.sum(x, 0, n);
    }

    private static void pair(float[] p0, float[] p1, float[] x0, float[] x1, float[][] K, int columns, int n) {
        int s = 0;
        for (; s + 4 <= columns; s += 4) {
            twoByFour(p0, p1, s, x0, x1, K[s], K[s + 1], K[s + 2], K[s + 3], n);
        }
        for (; s < columns; s++) {
            p0[s] = ordered(x0, K[s], n);
            p1[s] = ordered(x1, K[s], n);
        }
    }

    /** {@code p[at + s] = x . K[s]} for s below columns. */
    static void one(float[] p, int at, float[] x, float[][] K, int columns, int n) {
        int s = 0;
        for (; s + 4 <= columns; s += 4) {
            oneByFour(p, at + s, x, K[s], K[s + 1], K[s + 2], K[s + 3], n);
        }
        for (; s < columns; s++) {
            p[at + s] = ordered(x, K[s], n);
        }
    }

    private static float ordered(float[] x, float[] y, int n) {
        float sum = 0;
        for (int j = 0; j < n; j++) {
            sum += x[j] * y[j];
        }
        return sum;
    }

    private static void oneByFour(float[] p, int s, float[] x, float[] k0, float[] k1, float[] k2, float[] k3, int n) {
        float a = 0;
        float b = 0;
        float c = 0;
        float d = 0;
        for (int j = 0; j < n; j++) {
            float u = x[j];
            a += u * k0[j];
            b += u * k1[j];
            c += u * k2[j];
            d += u * k3[j];
        }
        p[s] = a;
        p[s + 1] = b;
        p[s + 2] = c;
        p[s + 3] = d;
    }

    private static void twoByFour(
            float[] p0,
            float[] p1,
            int s,
            float[] x0,
            float[] x1,
            float[] k0,
            float[] k1,
            float[] k2,
            float[] k3,
            int n) {
        float a0 = 0;
        float b0 = 0;
        float c0 = 0;
        float d0 = 0;
        float a1 = 0;
        float b1 = 0;
        float c1 = 0;
        float d1 = 0;
        for (int j = 0; j < n; j++) {
            float u = x0[j];
            float v = x1[j];
            a0 += u * k0[j];
            b0 += u * k1[j];
            c0 += u * k2[j];
            d0 += u * k3[j];
            a1 += v * k0[j];
            b1 += v * k1[j];
            c1 += v * k2[j];
            d1 += v * k3[j];
        }
        p0[s] = a0;
        p0[s + 1] = b0;
        p0[s + 2] = c0;
        p0[s + 3] = d0;
        p1[s] = a1;
        p1[s + 1] = b1;
        p1[s + 2] = c1;
        p1[s + 3] = d1;
    }
}
