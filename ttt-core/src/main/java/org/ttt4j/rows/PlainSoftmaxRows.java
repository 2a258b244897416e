package org.ttt4j.rows;

/** {@link SoftmaxRows} in plain Java, a piece at a time. */
final class PlainSoftmaxRows implements SoftmaxRows {

    /** Entries that are done together: they stay in the innermost cache. */
    private static final int PIECE = 512;

    @Override
    public float max(float[] x, int at, int n) {
        float a = Float.NEGATIVE_INFINITY;
        float b = a;
        float c = a;
        float d = a;
        int i = at;
        for (; i + 4 <= at + n; i += 4) {
            a = greater(a, x[i]);
            b = greater(b, x[i + 1]);
            c = greater(c, x[i + 2]);
            d = greater(d, x[i + 3]);
        }
        for (; i < at + n; i++) {
            a = greater(a, x[i]);
        }
        return greater(greater(a, b), greater(c, d));
    }

    /** Quicker than {@link Math#max}, and without its rules: what is not a number shows in the sum. */
    private static float greater(float a, float b) {
        return b > a ? b : a;
    }

    @Override
    public double sumExp(float[] x, int at, int n, float max) {
        return exp(x, at, n, max, null);
    }

    @Override
    public double exp(float[] x, int at, int n, float max, float[] y) {
        float[] e = new float[Math.min(PIECE, n)];
        Exponential exponential = new Exponential(e.length);
        double sum = 0;
        for (int from = at; from < at + n; from += PIECE) {
            int m = Math.min(PIECE, at + n - from);
            System.arraycopy(x, from, e, 0, m);
            for (int j = 0; j < m; j++) {
                e[j] -= max;
            }
            exponential.apply(e, m);
            sum += PlainSums.sum(e, m);
            if (y != null) {
                System.arraycopy(e, 0, y, from, m);
            }
        }
        return sum;
    }

    @Override
    public void scale(float[] x, int at, int n, float factor) {
        for (int i = at; i < at + n; i++) {
            x[i] *= factor;
        }
    }
}
