package org.ttt4j.host;

import org.ttt4j.ops.Chunk;

/**
 * Causal depthwise convolution of the tokens of a chunk, and its gradients. Inputs before the chunk come from a window; padding
 * neither gives nor takes anything.
 */
final class ConvKernels {

    private final RowBlocks blocks;

    ConvKernels(RowBlocks blocks) {
        this.blocks = blocks;
    }

    /** A filter [C, 1, J] with a row for every tap, so that loops run along the channels: [J, C]. */
    static float[] taps(float[] weight, int kernel) {
        int channels = weight.length / kernel;
        float[] taps = new float[weight.length];
        for (int c = 0; c < channels; c++) {
            for (int j = 0; j < kernel; j++) {
                taps[j * channels + c] = weight[c * kernel + j];
            }
        }
        return taps;
    }

    /** {@code y_t = bias + Σ_j taps_j x_{t-(J-1)+j}}. */
    void forward(float[] taps, float[] bias, HostArray x, HostConvWindow window, Chunk chunk, float[] y) {
        int n = x.width();
        int columns = x.shape()[1];
        int kernel = taps.length / n;
        blocks.run(x.rows(), taps.length, (from, to) -> {
            for (int r = from; r < to; r++) {
                int b = r / columns;
                int t = r % columns;
                if (t >= chunk.length(b)) {
                    continue;
                }
                if (bias != null) {
                    System.arraycopy(bias, 0, y, r * n, n);
                }
                for (int j = 0; j < kernel; j++) {
                    int s = t - (kernel - 1) + j;
                    float[] source = s < 0 ? window.inputs() : x.data();
                    multiplyAdd(taps, j * n, source, s < 0 ? window.row(b, -s) : x.row(b, s), y, r * n, n);
                }
            }
        });
    }

    /** Adds to the gradient at the chunk's inputs. */
    void inputGradient(float[] taps, HostArray dy, Chunk chunk, float[] dx) {
        int n = dy.width();
        int columns = dy.shape()[1];
        int kernel = taps.length / n;
        blocks.run(dy.rows(), taps.length, (from, to) -> {
            for (int r = from; r < to; r++) {
                int b = r / columns;
                int s = r % columns;
                for (int t = s; t < Math.min(s + kernel, chunk.length(b)); t++) {
                    multiplyAdd(taps, (s - t + kernel - 1) * n, dy.data(), dy.row(b, t), dx, r * n, n);
                }
            }
        });
    }

    /** The gradients of the taps and the bias, one after the other: [J + 1, C]. */
    float[] filterGradient(HostArray x, HostConvWindow before, int kernel, Chunk chunk, HostArray dy) {
        int n = x.width();
        int columns = x.shape()[1];
        return blocks.sum(x.rows(), n * kernel, (kernel + 1) * n, (from, to, sums) -> {
            for (int r = from; r < to; r++) {
                int b = r / columns;
                int t = r % columns;
                if (t >= chunk.length(b)) {
                    continue;
                }
                for (int j = 0; j < kernel; j++) {
                    int s = t - (kernel - 1) + j;
                    float[] source = s < 0 ? before.inputs() : x.data();
                    multiplyAdd(dy.data(), r * n, source, s < 0 ? before.row(b, -s) : x.row(b, s), sums, j * n, n);
                }
                for (int c = 0; c < n; c++) {
                    sums[kernel * n + c] += dy.data()[r * n + c];
                }
            }
        });
    }

    /** {@code z += x ∘ y}. */
    private static void multiplyAdd(float[] x, int xAt, float[] y, int yAt, float[] z, int zAt, int n) {
        for (int i = 0; i < n; i++) {
            z[zAt + i] += x[xAt + i] * y[yAt + i];
        }
    }
}
