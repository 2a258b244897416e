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
    /** Floats of dy that all tasks read before they go on: as many as the outermost cache holds beside weights. */
    private static final int SHARED = 1 << 21;
    /** Outputs that tasks read before they go on, at least. */
    private static final int MIN_OUTPUTS = 8 * DEPTH;
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
        private final float[] tile = new float[TASK_ROWS * PANEL];
    }

    /** Some outputs of every map. */
    private record Outputs(int from, int to) {}

    HostArray gradient(List<Used> used, HostArray x) {
        HostArray dx = arena.array(x.shape());
        int rows = x.rows();
        int n = x.width();
        int panels = PanelGradients.panels(n);
        int group = rowsOfTask(panels, rows);
        int groups = (rows + group - 1) / group;
        List<Matrix> W = used.stream().map(u -> weights.matrix(u.map())).toList();
        int most = used.stream().mapToInt(u -> u.dy().width()).max().orElse(1);
        int step = Math.max(MIN_OUTPUTS, SHARED / rows / DEPTH * DEPTH);
        for (int o = 0; o < most; o += step) {
            Outputs some = new Outputs(o, o + step);
            workers.run(panels * groups, task -> {
                int row = task % groups * group;
                int column = task / groups * PANEL;
                int columns = Math.min(PANEL, n - column);
                gradient(used, W, some, dx, column, columns, row, Math.min(group, rows - row));
            });
        }
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

    /** A panel of columns of dx: over all maps, and of each over some of its outputs. */
    private void gradient(
            List<Used> used, List<Matrix> W, Outputs some, HostArray dx, int column, int columns, int row, int rows) {
        Scratch s = scratch.get();
        int n = dx.width();
        int at = row * n + column;
        boolean first = some.from == 0;
        if (!first) {
            PanelGradients.copy(dx.data(), at, n, s.tile, 0, PANEL, rows, columns);
        }
        for (int u = 0; u < used.size(); u++) {
            HostArray dy = used.get(u).dy();
            int end = Math.min(some.to, dy.width());
            for (int o = some.from; o < end; o += DEPTH) {
                int depth = Math.min(DEPTH, end - o);
                turnAround(W.get(u), o, depth, column, columns, s.weights);
                add(s, first, dy, row, o, rows, depth, columns);
                first = false;
            }
        }
        PanelGradients.copy(s.tile, 0, PANEL, dx.data(), at, n, rows, columns);
    }

    private static void add(Scratch s, boolean first, HostArray dy, int row, int o, int rows, int depth, int columns) {
        VectorPanelProduct.product(
                s.tile,
                0,
                PANEL,
                first ? s.zeros : s.tile,
                0,
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
