package org.ttt4j.host;

/** Sums along rows, in several interleaved partial sums: faster and more accurate than one. */
final class Reductions {

    private Reductions() {}

    static float dot(float[] x, int xAt, float[] y, int yAt, int n) {
        float s0 = 0;
        float s1 = 0;
        float s2 = 0;
        float s3 = 0;
        float s4 = 0;
        float s5 = 0;
        float s6 = 0;
        float s7 = 0;
        int i = 0;
        for (; i + 8 <= n; i += 8) {
            s0 += x[xAt + i] * y[yAt + i];
            s1 += x[xAt + i + 1] * y[yAt + i + 1];
            s2 += x[xAt + i + 2] * y[yAt + i + 2];
            s3 += x[xAt + i + 3] * y[yAt + i + 3];
            s4 += x[xAt + i + 4] * y[yAt + i + 4];
            s5 += x[xAt + i + 5] * y[yAt + i + 5];
            s6 += x[xAt + i + 6] * y[yAt + i + 6];
            s7 += x[xAt + i + 7] * y[yAt + i + 7];
        }
        for (; i < n; i++) {
            s0 += x[xAt + i] * y[yAt + i];
        }
        return ((s0 + s4) + (s1 + s5)) + ((s2 + s6) + (s3 + s7));
    }

    /**
     * One row x times two neighbouring rows of y: x is read once.
     *
     * @param out at {@code to} and {@code to + stride} written
     */
    static void twoDots(float[] x, int xAt, float[] y, int yAt, int n, float[] out, int to, int stride) {
        float s0 = 0;
        float s1 = 0;
        float s2 = 0;
        float s3 = 0;
        float t0 = 0;
        float t1 = 0;
        float t2 = 0;
        float t3 = 0;
        int zAt = yAt + n;
        int i = 0;
        for (; i + 4 <= n; i += 4) {
            float x0 = x[xAt + i];
            float x1 = x[xAt + i + 1];
            float x2 = x[xAt + i + 2];
            float x3 = x[xAt + i + 3];
            s0 += x0 * y[yAt + i];
            s1 += x1 * y[yAt + i + 1];
            s2 += x2 * y[yAt + i + 2];
            s3 += x3 * y[yAt + i + 3];
            t0 += x0 * y[zAt + i];
            t1 += x1 * y[zAt + i + 1];
            t2 += x2 * y[zAt + i + 2];
            t3 += x3 * y[zAt + i + 3];
        }
        for (; i < n; i++) {
            s0 += x[xAt + i] * y[yAt + i];
            t0 += x[xAt + i] * y[zAt + i];
        }
        out[to] = (s0 + s1) + (s2 + s3);
        out[to + stride] = (t0 + t1) + (t2 + t3);
    }
}
