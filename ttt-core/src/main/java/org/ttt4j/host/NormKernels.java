package org.ttt4j.host;

/** RMSNorm and LayerNorm on rows, and their gradients. Rows are normalised again on the way back: nothing is stored. */
final class NormKernels {

    private final RowBlocks blocks;

    NormKernels(RowBlocks blocks) {
        this.blocks = blocks;
    }

    void rms(float[] x, float[] w, double eps, float[] y, int rows) {
        int n = w.length;
        blocks.run(rows, n, (from, to) -> {
            for (int r = from; r < to; r++) {
                int at = r * n;
                float scale = inverseRms(x, at, n, eps);
                for (int i = 0; i < n; i++) {
                    y[at + i] = x[at + i] * scale * w[i];
                }
            }
        });
    }

    /** Writes the gradient at x; returns that of the weight. */
    float[] rmsGradient(float[] x, float[] w, double eps, float[] dy, float[] dx, int rows) {
        int n = w.length;
        return blocks.sum(rows, n, n, (from, to, sums) -> {
            float[] xHat = new float[n];
            for (int r = from; r < to; r++) {
                int at = r * n;
                float scale = inverseRms(x, at, n, eps);
                for (int i = 0; i < n; i++) {
                    xHat[i] = x[at + i] * scale;
                }
                for (int i = 0; i < n; i++) {
                    sums[i] += dy[at + i] * xHat[i];
                }
                backThroughScale(xHat, w, scale, 0, dy, dx, at);
            }
        });
    }

    void layer(float[] x, float[] w, float[] b, double eps, float[] y, int rows) {
        int n = w.length;
        blocks.run(rows, n, (from, to) -> {
            for (int r = from; r < to; r++) {
                int at = r * n;
                normalise(x, at, eps, y, at, n);
                for (int i = 0; i < n; i++) {
                    y[at + i] = y[at + i] * w[i] + b[i];
                }
            }
        });
    }

    /** Writes the gradient at x; returns those of the weight and the bias, one after the other. */
    float[] layerGradient(float[] x, float[] w, double eps, float[] dy, float[] dx, int rows) {
        int n = w.length;
        return blocks.sum(rows, n, 2 * n, (from, to, sums) -> {
            float[] xHat = new float[n];
            for (int r = from; r < to; r++) {
                int at = r * n;
                float scale = normalise(x, at, eps, xHat, 0, n);
                for (int i = 0; i < n; i++) {
                    sums[i] += dy[at + i] * xHat[i];
                }
                for (int i = 0; i < n; i++) {
                    sums[n + i] += dy[at + i];
                }
                backThroughScale(xHat, w, scale, Reductions.dot(dy, at, w, 0, n) / n, dy, dx, at);
            }
        });
    }

    /** {@code dx = scale (c - mean c - x̂ mean(c∘x̂))} with {@code c = dy∘w}; RMSNorm's mean c is 0. */
    private static void backThroughScale(
            float[] xHat, float[] w, float scale, float mean, float[] dy, float[] dx, int at) {
        int n = w.length;
        for (int i = 0; i < n; i++) {
            dx[at + i] = dy[at + i] * w[i] - mean;
        }
        float along = Reductions.dot(dx, at, xHat, 0, n) / n;
        for (int i = 0; i < n; i++) {
            dx[at + i] = scale * (dx[at + i] - along * xHat[i]);
        }
    }

    private static float inverseRms(float[] x, int at, int n, double eps) {
        return (float) (1 / Math.sqrt(Reductions.dot(x, at, x, at, n) / n + eps));
    }

    /** Writes {@code x̂ = (x - mean)/√(var + eps)} and returns 1/√(var + eps). */
    private static float normalise(float[] x, int at, double eps, float[] xHat, int to, int n) {
        float mean = Reductions.sum(x, at, n) / n;
        for (int i = 0; i < n; i++) {
            xHat[to + i] = x[at + i] - mean;
        }
        float scale = inverseRms(xHat, to, n, eps);
        for (int i = 0; i < n; i++) {
            xHat[to + i] *= scale;
        }
        return scale;
    }
}
