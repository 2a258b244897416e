package org.ttt4j.host;

import java.util.Arrays;
import java.util.List;
import org.ttt4j.kernel.VectorTranspose;
import org.ttt4j.kernel.Workers;
import org.ttt4j.matrix.Matrix;
import org.ttt4j.matrix.VectorPanelProduct;
import org.ttt4j.ops.Gradients;

/** {@code dW += dyᵀ x}: x is first brought together in panels of columns, and dy is turned around. */
final class PanelWeightGradients {

    private static final int PANEL = Matrix.PANEL;
    /** Rows of a panel that stay in the innermost cache. */
    private static final int DEPTH = 128;
    /** Rows of dW that are computed at a time: x is read once for so many. */
    private static final int BLOCK = 128;
    /** Rows of x and dy that are brought together at a time. */
    private static final int CHUNK_ROWS = 512;

    private final Workers workers;
    private final Arena arena;
    private final ThreadLocal<Scratch> scratch = ThreadLocal.withInitial(Scratch::new);

    PanelWeightGradients(Workers workers, Arena arena) {
        this.workers = workers;
        this.arena = arena;
    }

    private static final class Scratch {
        private final float[] turned = new float[CHUNK_ROWS * BLOCK];
        private final float[] tile = new float[BLOCK * PANEL];
    }

    /** Some rows of x, 64 columns after the other. */
    private record Panels(float[] data, int width, int row, int rows) {}

    void add(List<Used> used, HostArray x, Gradients<HostArray> gradients) {
        List<Used> wanted =
                used.stream().filter(u -> gradients.wants(u.map().weight())).toList();
        List<float[]> dW =
                wanted.stream().map(u -> gradients.of(u.map().weight()).data()).toList();
        int n = x.width();
        int count = PanelGradients.panels(n);
        HostArray panels = arena.array(count, Math.min(CHUNK_ROWS, x.rows()), PANEL);
        for (int row = 0; row < x.rows(); row += CHUNK_ROWS) {
            Panels chunk = new Panels(panels.data(), n, row, Math.min(CHUNK_ROWS, x.rows() - row));
            workers.run(count, panel -> gather(x, panel, chunk));
            add(wanted, dW, chunk);
        }
        arena.free(panels);
    }

    private static void gather(HostArray x, int panel, Panels to) {
        int n = x.width();
        int columns = Math.min(PANEL, n - panel * PANEL);
        int first = panel * to.rows * PANEL;
        if (columns < PANEL) {
            Arrays.fill(to.data, first, first + to.rows * PANEL, 0);
        }
        PanelGradients.copy(x.data(), to.row * n + panel * PANEL, n, to.data, first, PANEL, to.rows, columns);
    }

    private void add(List<Used> used, List<float[]> dW, Panels x) {
        int[] ends = new int[used.size()];
        int tasks = 0;
        for (int u = 0; u < ends.length; u++) {
            tasks += (used.get(u).dy().width() + BLOCK - 1) / BLOCK;
            ends[u] = tasks;
        }
        workers.run(tasks, task -> {
            int u = 0;
            while (task >= ends[u]) {
                u++;
            }
            int block = task - (u == 0 ? 0 : ends[u - 1]);
            add(used.get(u).dy(), dW.get(u), x, block * BLOCK);
        });
    }

    /** Some rows of dW, from {@code output} on. */
    private void add(HostArray dy, float[] dW, Panels x, int output) {
        Scratch s = scratch.get();
        int outputs = Math.min(BLOCK, dy.width() - output);
        for (int t = 0; t < x.rows; t += DEPTH) {
            int at = (x.row + t) * dy.width() + output;
            int rows = Math.min(DEPTH, x.rows - t);
            VectorTranspose.transpose(s.turned, t * BLOCK, DEPTH, 1, dy.data(), at, dy.width(), rows, outputs);
        }
        for (int column = 0; column < x.width; column += PANEL) {
            int columns = Math.min(PANEL, x.width - column);
            int to = output * x.width + column;
            if (columns == PanelGradients.padded(columns)) {
                add(s.turned, outputs, x, column, columns, dW, to, x.width);
            } else {
                PanelGradients.copy(dW, to, x.width, s.tile, 0, PANEL, outputs, columns);
                add(s.turned, outputs, x, column, columns, s.tile, 0, PANEL);
                PanelGradients.copy(s.tile, 0, PANEL, dW, to, x.width, outputs, columns);
            }
        }
    }

    /** Some rows and columns of dW, at y. */
    private static void add(float[] turned, int outputs, Panels x, int column, int columns, float[] Y, int y, int ly) {
        for (int t = 0; t < x.rows; t += DEPTH) {
            VectorPanelProduct.product(
                    Y,
                    y,
                    ly,
                    Y,
                    y,
                    ly,
                    turned,
                    t * BLOCK,
                    DEPTH,
                    x.data,
                    column * x.rows + t * PANEL,
                    PANEL,
                    outputs,
                    Math.min(DEPTH, x.rows - t),
                    PanelGradients.padded(columns));
        }
    }
}
