package org.ttt4j.host;

import java.util.Arrays;
import java.util.List;
import org.ttt4j.kernel.Workers;
import org.ttt4j.matrix.Matrix;
import org.ttt4j.matrix.VectorProduct;
import org.ttt4j.ops.Gradients;
import org.ttt4j.ops.Projection;

/**
 * The gradients of linear maps by the Vector API: {@code dx = Σ dy W}, {@code dW += dyᵀ x}. What is read more than once is
 * first brought together: 64 columns of it, row after row.
 */
final class PanelGradients {

    private static final int PANEL = Matrix.PANEL;
    /** Columns of dy that are brought together at a time to compute dW: a cache line. */
    private static final int STRIP = 16;
    /** Rows of a panel that stay in the innermost cache. */
    private static final int DEPTH = 128;
    /** Rows of a task that computes dx, at most. */
    private static final int TASK_ROWS = 512;
    /** Enough tasks for some threads to share evenly. */
    private static final int MIN_TASKS = 12;
    /** Rows of x that are brought together at a time to compute dW. */
    private static final int CHUNK_ROWS = 512;

    private final Workers workers;
    private final Arena arena;
    private final HostWeights weights;
    private final ColumnSums columnSums;
    private final ThreadLocal<Scratch> scratch = ThreadLocal.withInitial(Scratch::new);

    PanelGradients(Workers workers, Arena arena, HostWeights weights, ColumnSums columnSums) {
        this.workers = workers;
        this.arena = arena;
        this.weights = weights;
        this.columnSums = columnSums;
    }

    private static final class Scratch {
        private final float[] zeros = new float[PANEL];
        private final float[] panel = new float[CHUNK_ROWS * PANEL];
        private final float[] tile = new float[TASK_ROWS * PANEL];
    }

    HostArray backward(Projection p, HostArray x, List<HostArray> dys, Gradients<HostArray> gradients) {
        List<Used> used = Used.of(p, dys);
        HostArray dx = inputGradient(used, x);
        weightGradients(used, x, gradients);
        columnSums.addBiases(used, gradients);
        return dx;
    }

    private HostArray inputGradient(List<Used> used, HostArray x) {
        HostArray dx = arena.array(x.shape());
        int rows = x.rows();
        int group = rowsOfTask(panels(x.width()), rows);
        int groups = (rows + group - 1) / group;
        List<Matrix> W = used.stream().map(u -> weights.matrix(u.map())).toList();
        workers.run(panels(x.width()) * groups, task -> {
            int row = task % groups * group;
            inputGradient(used, W, dx, task / groups * PANEL, row, Math.min(group, rows - row));
        });
        return dx;
    }

    /** Many, since every task turns its weights around, but not so many that there are few tasks. */
    private static int rowsOfTask(int panels, int rows) {
        int group = TASK_ROWS;
        while (group > 128 && panels * ((rows + group - 1) / group) < MIN_TASKS) {
            group /= 2;
        }
        return group;
    }

    /** One tile of dx, of up to 64 columns: over all maps, and of each over its outputs. */
    private void inputGradient(List<Used> used, List<Matrix> W, HostArray dx, int column, int row, int rows) {
        Scratch s = scratch.get();
        int n = dx.width();
        int columns = Math.min(PANEL, n - column);
        int width = padded(columns);
        float[] tile = s.tile;
        float[] I = s.zeros;
        int li = 0;
        for (int u = 0; u < used.size(); u++) {
            HostArray dy = used.get(u).dy();
            int outputs = dy.width();
            for (int o = 0; o < outputs; o += DEPTH) {
                int depth = Math.min(DEPTH, outputs - o);
                turnAround(W.get(u), o, depth, column, columns, s.panel);
                VectorProduct.product(
                        tile,
                        0,
                        width,
                        I,
                        0,
                        li,
                        dy.data(),
                        row * outputs + o,
                        outputs,
                        1,
                        s.panel,
                        0,
                        width,
                        rows,
                        depth,
                        width);
                I = tile;
                li = width;
            }
        }
        copy(tile, 0, width, dx.data(), row * n + column, n, rows, columns);
    }

    /** Weights of some outputs, from a panel's first one on, row after row. */
    private static void turnAround(Matrix W, int output, int outputs, int column, int columns, float[] to) {
        int width = padded(columns);
        if (columns < width) {
            Arrays.fill(to, 0, outputs * width, 0);
        }
        for (int o = 0; o < outputs; o += PANEL) {
            W.read((output + o) / PANEL, column, columns, to, o * width, width);
        }
    }

    private void weightGradients(List<Used> used, HostArray x, Gradients<HostArray> gradients) {
        List<Used> wanted =
                used.stream().filter(u -> gradients.wants(u.map().weight())).toList();
        List<float[]> dW =
                wanted.stream().map(u -> gradients.of(u.map().weight()).data()).toList();
        int n = x.width();
        HostArray panels = arena.array(panels(n), Math.min(CHUNK_ROWS, x.rows()), PANEL);
        for (int row = 0; row < x.rows(); row += CHUNK_ROWS) {
            int first = row;
            int rows = Math.min(CHUNK_ROWS, x.rows() - row);
            workers.run(panels(n), panel -> {
                int columns = Math.min(PANEL, n - panel * PANEL);
                gather(x.data(), first * n + panel * PANEL, n, rows, columns, panels.data(), panel * rows * PANEL);
            });
            addWeightGradients(wanted, dW, panels.data(), n, first, rows);
        }
        arena.free(panels);
    }

    private void addWeightGradients(List<Used> used, List<float[]> dW, float[] panels, int n, int row, int rows) {
        int[] ends = new int[used.size()];
        int tasks = 0;
        for (int u = 0; u < ends.length; u++) {
            tasks += panels(used.get(u).dy().width());
            ends[u] = tasks;
        }
        workers.run(tasks, task -> {
            int u = 0;
            while (task >= ends[u]) {
                u++;
            }
            int block = task - (u == 0 ? 0 : ends[u - 1]);
            addWeightGradient(used.get(u).dy(), dW.get(u), panels, n, block * PANEL, row, rows);
        });
    }

    /** Rows {@code output} to output + 63 of dW, over a chunk of rows of x and dy. */
    private void addWeightGradient(HostArray dy, float[] dW, float[] panels, int n, int output, int row, int rows) {
        Scratch s = scratch.get();
        int outputs = Math.min(PANEL, dy.width() - output);
        for (int o = 0; o < outputs; o += STRIP) {
            int columns = Math.min(STRIP, outputs - o);
            gather(dy.data(), row * dy.width() + output + o, dy.width(), rows, columns, s.panel, o * rows);
        }
        for (int panel = 0; panel < panels(n); panel++) {
            int column = panel * PANEL;
            int columns = Math.min(PANEL, n - column);
            int width = padded(columns);
            boolean whole = columns == width;
            float[] Y = whole ? dW : s.tile;
            int y = whole ? output * n + column : 0;
            int ly = whole ? n : width;
            if (!whole) {
                copy(dW, output * n + column, n, s.tile, 0, width, outputs, columns);
            }
            int from = panel * rows * PANEL;
            for (int t = 0; t < rows; t += DEPTH) {
                int depth = Math.min(DEPTH, rows - t);
                addStrips(Y, y, ly, s.panel, outputs, rows, t, depth, panels, from + t * width, width);
            }
            if (!whole) {
                copy(s.tile, 0, width, dW, output * n + column, n, outputs, columns);
            }
        }
    }

    /** Strip by strip, for few lines of dy are then read at a time, and they lie side by side. */
    private static void addStrips(
            float[] Y,
            int y,
            int ly,
            float[] strips,
            int outputs,
            int rows,
            int t,
            int depth,
            float[] panel,
            int p,
            int width) {
        for (int o = 0; o < outputs; o += STRIP) {
            int at = y + o * ly;
            int x = o * rows + t * STRIP;
            int count = Math.min(STRIP, outputs - o);
            VectorProduct.product(Y, at, ly, Y, at, ly, strips, x, 1, STRIP, panel, p, width, count, depth, width);
        }
    }

    private static void copy(
            float[] from, int at, int stride, float[] to, int first, int toStride, int rows, int columns) {
        for (int t = 0; t < rows; t++) {
            System.arraycopy(from, at + t * stride, to, first + t * toStride, columns);
        }
    }

    /** Brings columns of some rows together, padded to whole vectors. */
    private static void gather(float[] x, int at, int stride, int rows, int columns, float[] to, int first) {
        int width = padded(columns);
        for (int t = 0; t < rows; t++) {
            System.arraycopy(x, at + t * stride, to, first + t * width, columns);
            if (columns < width) {
                Arrays.fill(to, first + t * width + columns, first + (t + 1) * width, 0);
            }
        }
    }

    private static int panels(int n) {
        return (n + PANEL - 1) / PANEL;
    }

    private static int padded(int n) {
        return (n + 15) / 16 * 16;
    }
}
