package org.ttt4j.rows;

import static org.ttt4j.rows.Lanes.LENGTH;
import static org.ttt4j.rows.Lanes.all;
import static org.ttt4j.rows.Lanes.load;

import jdk.incubator.vector.FloatVector;

/** {@link NormRows} by the Vector API: two or three passes over a row, which stays in the innermost cache. */
final class VectorNormRows implements NormRows {

    @Override
    public void rms(float[] x, float[] w, double eps, float[] y, int from, int to) {
        int n = w.length;
        for (int r = from; r < to; r++) {
            float scale = inverse(VectorSums.squares(x, r * n, n, 0), n, eps);
            scale(x, r * n, scale, w, y, n);
        }
    }

    @Override
    public void rmsGradient(float[] x, float[] w, double eps, float[] dy, float[] dx, int from, int to, float[] sums) {
        int n = w.length;
        for (int r = from; r < to; r++) {
            int at = r * n;
            float scale = inverse(VectorSums.squares(x, at, n, 0), n, eps);
            float along = VectorSums.dot(dy, w, x, at, n) * scale / n;
            rmsBack(x, w, scale, along, dy, dx, at, sums, n);
        }
    }

    @Override
    public void layer(float[] x, float[] w, float[] b, double eps, float[] y, int from, int to) {
        int n = w.length;
        for (int r = from; r < to; r++) {
            float mean = VectorSums.sum(x, r * n, n) / n;
            float scale = inverse(VectorSums.squares(x, r * n, n, mean), n, eps);
            normalise(x, r * n, mean, scale, w, b, y, n);
        }
    }

    @Override
    public void layerGradient(
            float[] x, float[] w, double eps, float[] dy, float[] dx, int from, int to, float[] sums) {
        int n = w.length;
        float[] dots = new float[2];
        for (int r = from; r < to; r++) {
            int at = r * n;
            float mean = VectorSums.sum(x, at, n) / n;
            float scale = inverse(VectorSums.squares(x, at, n, mean), n, eps);
            VectorSums.dots(dy, w, x, at, n, mean, dots);
            layerBack(x, mean, w, scale, dots[0] / n, dots[1] * scale / n, dy, dx, at, sums, n);
        }
    }

    private static float inverse(float squares, int n, double eps) {
        return (float) (1 / Math.sqrt(squares / n + eps));
    }

    private static void scale(float[] x, int at, float scale, float[] w, float[] y, int n) {
        int i = 0;
        for (; i + LENGTH <= n; i += LENGTH) {
            load(x, at + i).mul(scale).mul(load(w, i)).intoArray(y, at + i);
        }
        for (; i < n; i++) {
            y[at + i] = x[at + i] * scale * w[i];
        }
    }

    private static void normalise(float[] x, int at, float mean, float scale, float[] w, float[] b, float[] y, int n) {
        int i = 0;
        for (; i + LENGTH <= n; i += LENGTH) {
            FloatVector xHat = load(x, at + i).sub(mean).mul(scale);
            xHat.fma(load(w, i), load(b, i)).intoArray(y, at + i);
        }
        for (; i < n; i++) {
            y[at + i] = Math.fma((x[at + i] - mean) * scale, w[i], b[i]);
        }
    }

    /** {@code dx = scale (c - x̂ mean(c∘x̂))} with {@code c = dy∘w}. */
    private static void rmsBack(
            float[] x, float[] w, float scale, float along, float[] dy, float[] dx, int at, float[] sums, int n) {
        FloatVector minusAlong = all(-along);
        int i = 0;
        for (; i + LENGTH <= n; i += LENGTH) {
            FloatVector xHat = load(x, at + i).mul(scale);
            FloatVector d = load(dy, at + i);
            d.fma(xHat, load(sums, i)).intoArray(sums, i);
            xHat.fma(minusAlong, d.mul(load(w, i))).mul(scale).intoArray(dx, at + i);
        }
        for (; i < n; i++) {
            float xHat = x[at + i] * scale;
            float d = dy[at + i];
            sums[i] = Math.fma(d, xHat, sums[i]);
            dx[at + i] = Math.fma(xHat, -along, d * w[i]) * scale;
        }
    }

    /** {@code dx = scale (c - mean c - x̂ mean(c∘x̂))} with {@code c = dy∘w}. */
    private static void layerBack(
            float[] x,
            float mean,
            float[] w,
            float scale,
            float meanC,
            float along,
            float[] dy,
            float[] dx,
            int at,
            float[] sums,
            int n) {
        FloatVector minusAlong = all(-along);
        FloatVector minusMean = all(-meanC);
        int i = 0;
        for (; i + LENGTH <= n; i += LENGTH) {
            FloatVector xHat = load(x, at + i).sub(mean).mul(scale);
            FloatVector d = load(dy, at + i);
            d.fma(xHat, load(sums, i)).intoArray(sums, i);
            d.add(load(sums, n + i)).intoArray(sums, n + i);
            FloatVector c = d.fma(load(w, i), minusMean);
            xHat.fma(minusAlong, c).mul(scale).intoArray(dx, at + i);
        }
        for (; i < n; i++) {
            float xHat = (x[at + i] - mean) * scale;
            float d = dy[at + i];
            sums[i] = Math.fma(d, xHat, sums[i]);
            sums[n + i] += d;
            dx[at + i] = Math.fma(xHat, -along, Math.fma(d, w[i], -meanC)) * scale;
        }
    }
}
