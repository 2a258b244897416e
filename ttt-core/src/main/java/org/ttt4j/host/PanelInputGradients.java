package org.ttt4j.host;

import java.util.Arrays;
import java.util.List;
import org.ttt4j.kernel.Workers;
import org.ttt4j.matrix.Matrix;
import org.ttt4j.matrix.VectorPanelProduct;

/** {@code dx = Σ dy W}: weights are turned around on the way, as many as the innermost cache holds. */
final class PanelInputGradients {

    private static final int PANEL = Matrix.PANEL;
    /** Outputs whose weights, turned around, stay in the innermost cache. */
    private static final int DEPTH = 128;
    /** Rows of a task, at most. */
    private static final int TASK_ROWS = 512;
    /** Panels of columns of a task, where dy is so large that reading it takes time. */
    private static final int TASK_PANELS = 2;
    /** Floats of a large dy: more than caches hold. */
    private static final int LARGE = 1 << 23;
    /** Enough tasks for some threads to share evenly. */
    private static final int MIN_TASKS = 12;

    private final Workers workers;
    private final Arena arena;
    private final HostWeights weights;
    private final ThreadLocal<Scratch> scratch = ThreadLocal.withInitial(Scratch::new);

    PanelInputGradients(Workers workers, Arena arena, HostWeights weights) {
        this.workers = workers;
        this.arena = arena;
        this.weights = weights;
    }

    private static final class Scratch {
        private final float[] zeros = new float[PANEL];
        private final float[] weights = new float[DEPTH * PANEL];
        private final float[] tiles = new float[TASK_PANELS * TASK_ROWS * PANEL];
    }

    HostArray gradient(List<Used> used, HostArray x) {
        HostArray dx = arena.array(x.shape());
        int rows = x.rows();
        int n = x.width();
        int panels = PanelGradients.panels(n);
        int across = used.stream().anyMatch(u -> u.dy().data().length >= LARGE) ? TASK_PANELS : 1;
        int group = rowsOfTask(panels, rows);
        int groups = (rows + group - 1) / group;
        List<Matrix> W = used.stream().map(u -> weights.matrix(u.map())).toList();
        workers.run((panels + across - 1) / across * groups, task -> {
            int row = task % groups * group;
            int column = task / groups * across * PANEL;
            gradient(used, W, dx, column, Math.min(across * PANEL, n - column), row, Math.min(group, rows - row));
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

    /** Some panels of columns of dx: over all maps, and of each over its outputs. */
    private void gradient(List<Used> used, List<Matrix> W, HostArray dx, int column, int columns, int row, int rows) {
        Scratch s = scratch.get();
        int tile = rows * PANEL;
        boolean first = true;
        for (int u = 0; u < used.size(); u++) {
            HostArray dy = used.get(u).dy();
            for (int o = 0; o < dy.width(); o += DEPTH) {
                int depth = Math.min(DEPTH, dy.width() - o);
                for (int c = 0; c < columns; c += PANEL) {
                    turnAround(W.get(u), o, depth, column + c, Math.min(PANEL, columns - c), s.weights);
                    add(s, c / PANEL * tile, first, dy, row, o, rows, depth, Math.min(PANEL, columns - c));
                }
                first = false;
            }
        }
        int n = dx.width();
        for (int c = 0; c < columns; c += PANEL) {
            int to = row * n + column + c;
            PanelGradients.copy(s.tiles, c / PANEL * tile, PANEL, dx.data(), to, n, rows, Math.min(PANEL, columns - c));
        }
    }

    private static void add(
            Scratch s, int tile, boolean first, HostArray dy, int row, int o, int rows, int depth, int columns) {
        VectorPanelProduct.product(
                s.tiles,
                tile,
                PANEL,
                first ? s.zeros : s.tiles,
                first ? 0 : tile,
                first ? 0 : PANEL,
                dy.data(),
                row * dy.width() + o,
                dy.width(),
                s.weights,
                0,
                PANEL,
                rows,
                depth,
                PanelGradients.padded(columns));
    }

    /** Weights of some outputs, from a panel's first one on, row after row. */
    private static void turnAround(Matrix W, int output, int outputs, int column, int columns, float[] to) {
        if (columns < PANEL) {
            Arrays.fill(to, 0, outputs * PANEL, 0);
        }
        for (int o = 0; o < outputs; o += PANEL) {
            W.read((output + o) / PANEL, column, columns, to, o * PANEL, PANEL);
        }
    }
}
