package org.ttt4j.rows;

/** {@link NormRows} in plain Java. C2 makes vector code only where all indices are the same, so rows are copied to scratch. */
final class PlainNormRows implements NormRows {

    @Override
    public void rms(float[] x, float[] w, double eps, float[] y, int from, int to) {
        int n = w.length;
        float[] row = new float[n];
        for (int r = from; r < to; r++) {
            System.arraycopy(x, r * n, row, 0, n);
            float scale = inverseRms(row, eps);
            for (int i = 0; i < n; i++) {
                row[i] = row[i] * scale * w[i];
            }
            System.arraycopy(row, 0, y, r * n, n);
        }
    }

    @Override
    public void rmsGradient(float[] x, float[] w, double eps, float[] dy, float[] dx, int from, int to, float[] sums) {
        int n = w.length;
        float[] xHat = new float[n];
        float[] d = new float[n];
        for (int r = from; r < to; r++) {
            System.arraycopy(x, r * n, xHat, 0, n);
            System.arraycopy(dy, r * n, d, 0, n);
            float scale = inverseRms(xHat, eps);
            for (int i = 0; i < n; i++) {
                xHat[i] *= scale;
            }
            addProducts(d, xHat, sums);
            multiply(d, w);
            back(xHat, d, scale, 0);
            System.arraycopy(d, 0, dx, r * n, n);
        }
    }

    @Override
    public void layer(float[] x, float[] w, float[] b, double eps, float[] y, int from, int to) {
        int n = w.length;
        float[] row = new float[n];
        for (int r = from; r < to; r++) {
            System.arraycopy(x, r * n, row, 0, n);
            normalise(row, eps);
            for (int i = 0; i < n; i++) {
                row[i] = row[i] * w[i] + b[i];
            }
            System.arraycopy(row, 0, y, r * n, n);
        }
    }

    @Override
    public void layerGradient(
            float[] x, float[] w, double eps, float[] dy, float[] dx, int from, int to, float[] sums) {
        int n = w.length;
        float[] xHat = new float[n];
        float[] d = new float[n];
        float[] dw = new float[n];
        float[] db = new float[n];
        for (int r = from; r < to; r++) {
            System.arraycopy(x, r * n, xHat, 0, n);
            System.arraycopy(dy, r * n, d, 0, n);
            float scale = normalise(xHat, eps);
            addProducts(d, xHat, dw);
            add(d, db);
            multiply(d, w);
            back(xHat, d, scale, PlainSums.sum(d, n) / n);
            System.arraycopy(d, 0, dx, r * n, n);
        }
        for (int i = 0; i < n; i++) {
            sums[i] += dw[i];
        }
        for (int i = 0; i < n; i++) {
            sums[n + i] += db[i];
        }
    }

    /** {@code c = scale (c - mean - x̂ mean(c∘x̂))}; x̂ has mean 0 where c has not. */
    private static void back(float[] xHat, float[] c, float scale, float mean) {
        int n = c.length;
        float along = PlainSums.dot(c, xHat, n) / n;
        for (int i = 0; i < n; i++) {
            c[i] = scale * (c[i] - mean - along * xHat[i]);
        }
    }

    private static float inverseRms(float[] x, double eps) {
        return (float) (1 / Math.sqrt(PlainSums.dot(x, x, x.length) / x.length + eps));
    }

    /** {@code x = (x - mean)/√(var + eps)}; returns 1/√(var + eps). */
    private static float normalise(float[] x, double eps) {
        float mean = PlainSums.sum(x, x.length) / x.length;
        for (int i = 0; i < x.length; i++) {
            x[i] -= mean;
        }
        float scale = inverseRms(x, eps);
        for (int i = 0; i < x.length; i++) {
            x[i] *= scale;
        }
        return scale;
    }

    private static void add(float[] x, float[] y) {
        for (int i = 0; i < x.length; i++) {
            y[i] += x[i];
        }
    }

    private static void multiply(float[] x, float[] y) {
        for (int i = 0; i < x.length; i++) {
            x[i] *= y[i];
        }
    }

    private static void addProducts(float[] x, float[] y, float[] z) {
        for (int i = 0; i < x.length; i++) {
            z[i] += x[i] * y[i];
        }
    }
}
