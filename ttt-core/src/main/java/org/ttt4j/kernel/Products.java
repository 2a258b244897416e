package org.ttt4j.kernel;

/**
 * Products of matrices whose rows are arrays of their own. C2 turns a loop into vector code only if it need not fear that a
 * store hits a later load; loops over the same index of distinct arrays pass, loops over offsets into one array do not
 * (measured: 35-50 against 10 GFLOP/s). Larger blocks than 2 x 3 are not unrolled by C2 and lose the vectors again.
 *
 * <p>Rows of a head, 64 long, get vectors of four floats: C2 unrolls a loop further only if its profile says 70 rounds or more
 * (measured: 38 GFLOP/s; 80 where all rows are 256 long). Fused multiply-adds are no faster.
 *
 * <p>Every element is one sum in ascending order of the depth, however rows and depth are blocked: a row's result does not
 * depend on its neighbours, so a sequence gives the same bits however it is cut into chunks.
 */
final class Products {

    private Products() {}

    /** {@code Y[y+i] += X[x+i] W} for i below rows; W has depth rows of n. Reads W once: it is the largest of the three. */
    static void add(float[][] Y, int y, float[][] X, int x, float[][] W, int rows, int depth, int n) {
        int p = 0;
        for (; p + 3 <= depth; p += 3) {
            addThree(Y, y, X, x, p, W[p], W[p + 1], W[p + 2], rows, n);
        }
        for (; p < depth; p++) {
            addRow(Y, y, X, x, p, W[p], rows, n);
        }
    }

    /** {@code Y[y+t] += sum over s <= stored + t of P[t][s] E[s]}; above that diagonal P holds zeros. */
    static void addLower(float[][] Y, int y, float[][] P, float[][] E, int stored, int rows, int n) {
        int t = 0;
        for (; t + 2 <= rows; t += 2) {
            addPair(Y[y + t], Y[y + t + 1], P[t], P[t + 1], E, stored + t + 2, n);
        }
        if (t < rows) {
            addOne(Y[y + t], P[t], 0, E, stored + t + 1, n);
        }
    }

    /** {@code Y[i] += scale sum over p < depth of X[x+p][i] E[e+p]} for i below rows. */
    static void addOuter(float[][] Y, float scale, float[][] X, int x, float[][] E, int e, int depth, int rows, int n) {
        int i = 0;
        for (; i + 2 <= rows; i += 2) {
            addOuterPair(Y[i], Y[i + 1], scale, X, x, i, E, e, depth, n);
        }
        if (i < rows) {
            addOuterOne(Y[i], scale, X, x, i, E, e, depth, n);
        }
    }

    /**
     * {@code Y[s] += sum over t >= s - stored of P[t][s] X[x+t]} for s below stored + rows; the transpose of
     * {@link #addLower}.
     */
    static void addLowerTransposed(float[][] Y, float[][] P, float[][] X, int x, int stored, int rows, int n) {
        int s = 0;
        for (; s + 2 <= stored + rows; s += 2) {
            int from = Math.max(0, s - stored);
            addOuterPair(Y[s], Y[s + 1], 1, P, from, s, X, x + from, rows - from, n);
        }
        if (s < stored + rows) {
            int from = Math.max(0, s - stored);
            addOuterOne(Y[s], 1, P, from, s, X, x + from, rows - from, n);
        }
    }

    private static void addThree(
            float[][] Y, int y, float[][] X, int x, int p, float[] w0, float[] w1, float[] w2, int rows, int n) {
        int i = 0;
        for (; i + 2 <= rows; i += 2) {
            float[] a = X[x + i];
            float[] b = X[x + i + 1];
            twoByThree(Y[y + i], Y[y + i + 1], w0, w1, w2, a[p], a[p + 1], a[p + 2], b[p], b[p + 1], b[p + 2], n);
        }
        if (i < rows) {
            float[] a = X[x + i];
            oneByThree(Y[y + i], w0, w1, w2, a[p], a[p + 1], a[p + 2], n);
        }
    }

    private static void addRow(float[][] Y, int y, float[][] X, int x, int p, float[] w, int rows, int n) {
        int i = 0;
        for (; i + 2 <= rows; i += 2) {
            twoByOne(Y[y + i], Y[y + i + 1], w, X[x + i][p], X[x + i + 1][p], n);
        }
        if (i < rows) {
            oneByOne(Y[y + i], w, X[x + i][p], n);
        }
    }

    private static void addPair(float[] y0, float[] y1, float[] x0, float[] x1, float[][] W, int depth, int n) {
        int p = 0;
        for (; p + 3 <= depth; p += 3) {
            twoByThree(y0, y1, W[p], W[p + 1], W[p + 2], x0[p], x0[p + 1], x0[p + 2], x1[p], x1[p + 1], x1[p + 2], n);
        }
        for (; p < depth; p++) {
            twoByOne(y0, y1, W[p], x0[p], x1[p], n);
        }
    }

    /** {@code y += sum over p < depth of x[at + p] W[p]}. */
    static void addOne(float[] y, float[] x, int at, float[][] W, int depth, int n) {
        int p = 0;
        for (; p + 3 <= depth; p += 3) {
            oneByThree(y, W[p], W[p + 1], W[p + 2], x[at + p], x[at + p + 1], x[at + p + 2], n);
        }
        for (; p < depth; p++) {
            oneByOne(y, W[p], x[at + p], n);
        }
    }

    private static void addOuterPair(
            float[] y0, float[] y1, float scale, float[][] X, int x, int i, float[][] E, int e, int depth, int n) {
        int p = 0;
        for (; p + 3 <= depth; p += 3) {
            float[] a = X[x + p];
            float[] b = X[x + p + 1];
            float[] c = X[x + p + 2];
            twoByThree(
                    y0,
                    y1,
                    E[e + p],
                    E[e + p + 1],
                    E[e + p + 2],
                    scale * a[i],
                    scale * b[i],
                    scale * c[i],
                    scale * a[i + 1],
                    scale * b[i + 1],
                    scale * c[i + 1],
                    n);
        }
        for (; p < depth; p++) {
            float[] a = X[x + p];
            twoByOne(y0, y1, E[e + p], scale * a[i], scale * a[i + 1], n);
        }
    }

    private static void addOuterOne(
            float[] y, float scale, float[][] X, int x, int i, float[][] E, int e, int depth, int n) {
        int p = 0;
        for (; p + 3 <= depth; p += 3) {
            oneByThree(
                    y,
                    E[e + p],
                    E[e + p + 1],
                    E[e + p + 2],
                    scale * X[x + p][i],
                    scale * X[x + p + 1][i],
                    scale * X[x + p + 2][i],
                    n);
        }
        for (; p < depth; p++) {
            oneByOne(y, E[e + p], scale * X[x + p][i], n);
        }
    }

    private static void twoByThree(
            float[] y0,
            float[] y1,
            float[] w0,
            float[] w1,
            float[] w2,
            float a0,
            float a1,
            float a2,
            float b0,
            float b1,
            float b2,
            int n) {
        for (int j = 0; j < n; j++) {
            float u = w0[j];
            float v = w1[j];
            float w = w2[j];
            y0[j] = y0[j] + a0 * u + a1 * v + a2 * w;
            y1[j] = y1[j] + b0 * u + b1 * v + b2 * w;
        }
    }

    private static void twoByOne(float[] y0, float[] y1, float[] w0, float a, float b, int n) {
        for (int j = 0; j < n; j++) {
            float u = w0[j];
            y0[j] = y0[j] + a * u;
            y1[j] = y1[j] + b * u;
        }
    }

    private static void oneByThree(float[] y, float[] w0, float[] w1, float[] w2, float a0, float a1, float a2, int n) {
        for (int j = 0; j < n; j++) {
            y[j] = y[j] + a0 * w0[j] + a1 * w1[j] + a2 * w2[j];
        }
    }

    private static void oneByOne(float[] y, float[] w, float a, int n) {
        for (int j = 0; j < n; j++) {
            y[j] = y[j] + a * w[j];
        }
    }
}
