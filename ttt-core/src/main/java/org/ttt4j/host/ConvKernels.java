package org.ttt4j.host;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.ttt4j.ops.Chunk;
import org.ttt4j.ops.Linear;
import org.ttt4j.param.Param;
import org.ttt4j.rows.ConvRows;
import org.ttt4j.rows.LinearRows;

/**
 * Causal depthwise convolution of the tokens of a chunk, and its gradients. Inputs before the chunk come from a window; padding
 * neither gives nor takes anything. Filters [C, 1, J] are kept with a row for every tap, [J, C], so that loops run along the
 * channels.
 */
final class ConvKernels {

    private final RowBlocks blocks;
    private final ConvRows convolutions;
    private final LinearRows linear;
    private final Function<Param, HostArray> weights;
    private final Map<Param, float[]> taps = new ConcurrentHashMap<>();

    ConvKernels(RowBlocks blocks, ConvRows convolutions, LinearRows linear, Function<Param, HostArray> weights) {
        this.blocks = blocks;
        this.convolutions = convolutions;
        this.linear = linear;
        this.weights = weights;
    }

    /** Tokens {@code from} to {@code to - 1} of one sequence. */
    private interface Tokens {
        void run(int sequence, int from, int to);
    }

    /** Forgets the rows of taps: filters were changed in place. */
    void weightsChanged() {
        taps.clear();
    }

    private float[] taps(Linear filter) {
        float[] known = taps.get(filter.weight());
        return known != null ? known : taps.computeIfAbsent(filter.weight(), p -> taps(weights.apply(p), filter.in()));
    }

    private static float[] taps(HostArray weight, int kernel) {
        float[] taps = new float[weight.data().length];
        int channels = taps.length / kernel;
        for (int i = 0; i < taps.length; i++) {
            taps[i % kernel * channels + i / kernel] = weight.data()[i];
        }
        return taps;
    }

    /** Writes {@code y_t = bias + Σ_j taps_j x_{t-(J-1)+j}}, and 0 where there is padding. */
    void forward(Linear filter, HostArray x, HostConvWindow window, Chunk chunk, HostArray y) {
        float[] w = taps(filter);
        int n = x.width();
        float[] bias = filter.bias() == null
                ? new float[n]
                : weights.apply(filter.bias()).data();
        run(x, (b, from, to) -> {
            int end = Math.max(from, Math.min(to, chunk.length(b)));
            int steady = Math.max(from, Math.min(end, filter.in() - 1));
            for (int t = from; t < steady; t++) {
                first(w, bias, x, window, b, t, filter.in(), y);
            }
            int at = x.row(b, steady - (filter.in() - 1));
            slide(w, 0, filter.in(), x.data(), at, bias, 0, 0, y, y.row(b, steady), end - steady);
            Arrays.fill(y.data(), y.row(b, end), y.row(b, to), 0);
        });
    }

    /** Token t, whose first taps meet the window's inputs. */
    private void first(
            float[] w, float[] bias, HostArray x, HostConvWindow window, int b, int t, int kernel, HostArray y) {
        int before = kernel - 1 - t;
        int at = y.row(b, t);
        slide(w, 0, before, window.inputs(), window.row(b, before), bias, 0, 0, y, at, 1);
        slide(w, before * x.width(), t + 1, x.data(), x.row(b, 0), y.data(), at, 0, y, at, 1);
    }

    private void slide(
            float[] w,
            int tap,
            int count,
            float[] x,
            int xAt,
            float[] start,
            int startAt,
            int startStep,
            HostArray y,
            int yAt,
            int rows) {
        convolutions.slide(x, xAt, w, tap, count, start, startAt, startStep, y.data(), yAt, rows, y.width());
    }

    /** Adds to the gradient at the chunk's inputs. */
    void inputGradient(Linear filter, HostArray dy, Chunk chunk, HostArray dx) {
        int kernel = filter.in();
        int n = dy.width();
        float[] w = backward(taps(filter), n);
        run(dy, (b, from, to) -> {
            int end = Math.max(from, Math.min(to, chunk.length(b)));
            int steady = Math.max(from, Math.min(end, chunk.length(b) - kernel + 1));
            int at = dx.row(b, from);
            slide(w, 0, kernel, dy.data(), dy.row(b, from), dx.data(), at, n, dx, at, steady - from);
            for (int s = steady; s < end; s++) {
                at = dx.row(b, s);
                slide(w, 0, chunk.length(b) - s, dy.data(), dy.row(b, s), dx.data(), at, n, dx, at, 1);
            }
        });
    }

    /** The last tap first. */
    private static float[] backward(float[] taps, int n) {
        float[] w = new float[taps.length];
        for (int at = 0; at < w.length; at += n) {
            System.arraycopy(taps, at, w, w.length - n - at, n);
        }
        return w;
    }

    /** The gradients of the taps and the bias, one after the other: [J + 1, C]. */
    float[] filterGradient(HostArray x, HostConvWindow before, int kernel, Chunk chunk, HostArray dy) {
        int n = x.width();
        return blocks.sum(x.rows(), n, (kernel + 1) * n, (first, last, sums) -> {
            float[] bias = new float[n];
            run(x, first, last, (b, from, to) -> {
                int end = Math.max(from, Math.min(to, chunk.length(b)));
                int steady = Math.max(from, Math.min(end, kernel - 1));
                for (int t = from; t < steady; t++) {
                    int w = kernel - 1 - t;
                    int at = dy.row(b, t);
                    convolutions.correlate(dy.data(), at, before.inputs(), before.row(b, w), w, sums, 0, 1, n);
                    convolutions.correlate(dy.data(), at, x.data(), x.row(b, 0), t + 1, sums, w * n, 1, n);
                }
                int at = x.row(b, steady - (kernel - 1));
                convolutions.correlate(dy.data(), dy.row(b, steady), x.data(), at, kernel, sums, 0, end - steady, n);
                linear.columnSums(dy.data(), dy.row(b, from) / n, dy.row(b, end) / n, bias);
            });
            System.arraycopy(bias, 0, sums, kernel * n, n);
        });
    }

    private void run(HostArray x, Tokens body) {
        blocks.run(x.rows(), x.width(), (from, to) -> run(x, from, to, body));
    }

    /** Cuts rows of x [B, L, C] where sequences end. */
    private static void run(HostArray x, int from, int to, Tokens body) {
        int columns = x.shape()[1];
        int end;
        for (int r = from; r < to; r = end) {
            int first = r % columns;
            end = Math.min(to, r - first + columns);
            body.run(r / columns, first, first + end - r);
        }
    }
}
