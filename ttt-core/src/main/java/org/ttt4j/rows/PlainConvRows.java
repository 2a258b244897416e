package org.ttt4j.rows;

/** {@link ConvRows} in plain Java. C2 makes vector code only where all indices are the same, so rows are copied to scratch. */
final class PlainConvRows implements ConvRows {

    @Override
    public void slide(
            float[] x,
            int xAt,
            float[] taps,
            int tapsAt,
            int count,
            float[] start,
            int startAt,
            int startStep,
            float[] y,
            int yAt,
            int rows,
            int n) {
        if (rows == 0) {
            return; // x need not lie inside its array
        }
        float[][] w = rows(taps, tapsAt, count, n);
        float[][] window = rows(x, xAt, count, n);
        float[] sum = new float[n];
        for (int r = 0; r < rows; r++) {
            System.arraycopy(start, startAt + r * startStep, sum, 0, n);
            for (int j = 0; j < count; j++) {
                addProducts(w[j], window[(r + j) % count], sum);
            }
            System.arraycopy(sum, 0, y, yAt + r * n, n);
            if (r + 1 < rows) {
                System.arraycopy(x, xAt + (r + count) * n, window[r % count], 0, n);
            }
        }
    }

    @Override
    public void correlate(
            float[] dy, int dyAt, float[] x, int xAt, int count, float[] sums, int sumsAt, int rows, int n) {
        if (rows == 0) {
            return; // x need not lie inside its array
        }
        float[][] s = rows(sums, sumsAt, count, n);
        float[][] window = rows(x, xAt, count, n);
        float[] d = new float[n];
        for (int r = 0; r < rows; r++) {
            System.arraycopy(dy, dyAt + r * n, d, 0, n);
            for (int j = 0; j < count; j++) {
                addProducts(d, window[(r + j) % count], s[j]);
            }
            if (r + 1 < rows) {
                System.arraycopy(x, xAt + (r + count) * n, window[r % count], 0, n);
            }
        }
        for (int j = 0; j < count; j++) {
            System.arraycopy(s[j], 0, sums, sumsAt + j * n, n);
        }
    }

    private static float[][] rows(float[] x, int at, int count, int n) {
        float[][] rows = new float[count][n];
        for (int j = 0; j < count; j++) {
            System.arraycopy(x, at + j * n, rows[j], 0, n);
        }
        return rows;
    }

    private static void addProducts(float[] x, float[] y, float[] z) {
        for (int i = 0; i < z.length; i++) {
            z[i] += x[i] * y[i];
        }
    }
}
