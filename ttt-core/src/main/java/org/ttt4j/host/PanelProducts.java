package org.ttt4j.host;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.ttt4j.kernel.Workers;
import org.ttt4j.matrix.Matrix;
import org.ttt4j.matrix.PanelScratch;
import org.ttt4j.ops.Gradients;
import org.ttt4j.ops.Linear;
import org.ttt4j.ops.Projection;

/** Products on packed panels by the Vector API. All maps of a projection are done at once. */
final class PanelProducts implements Products {

    /** Rows of a task: a panel goes through a core's cache once for so many. */
    private static final int TASK_ROWS = 128;
    /** Up to so many rows, reading the weights takes longer than computing. */
    private static final int FEW_ROWS = 8;
    /** Bytes of weights that are worth a task of their own, when rows are few. */
    private static final int TASK_BYTES = 1 << 15;

    private final Workers workers;
    private final Arena arena;
    private final HostWeights weights;
    private final PanelGradients gradients;
    private final Ahead ahead;
    private final Map<Projection, Pieces> pieces = new IdentityHashMap<>();
    private final ThreadLocal<PanelScratch> scratch = ThreadLocal.withInitial(PanelScratch::new);

    PanelProducts(Workers workers, Arena arena, HostWeights weights, ColumnSums columnSums, Ahead ahead) {
        this.ahead = ahead;
        this.workers = workers;
        this.arena = arena;
        this.weights = weights;
        gradients = new PanelGradients(workers, arena, weights, columnSums);
    }

    @Override
    public List<HostArray> forward(Projection p, HostArray x) {
        x.requireWidth(
                "input of " + p.maps().get(0).weight().key(), p.maps().get(0).in());
        List<HostArray> ys = new ArrayList<>(p.maps().size());
        Job[] jobs = new Job[p.maps().size()];
        int tasks = 0;
        for (int i = 0; i < jobs.length; i++) {
            HostArray y = arena.like(x, p.maps().get(i).out());
            ys.add(y);
            jobs[i] = new Job(p.maps().get(i), x, y, tasks);
            tasks = jobs[i].end();
        }
        if (x.rows() <= FEW_ROWS) {
            ahead.using(p, pieces(p, jobs));
        } else {
            ahead.stop();
        }
        workers.run(tasks, task -> {
            int i = 0;
            while (task >= jobs[i].end()) {
                i++;
            }
            jobs[i].run(task);
        });
        return ys;
    }

    private synchronized Pieces pieces(Projection p, Job[] jobs) {
        Matrix matrix = jobs[jobs.length - 1].matrix;
        Pieces known = pieces.get(p);
        if (known == null || known.matrix != matrix) {
            known = new Pieces(matrix, jobs.length == 1 ? matrix.pairs() / 2 : 0);
            pieces.put(p, known);
        }
        return known;
    }

    /** The pairs of panels that a second thread begins with: of several maps those of the last one. */
    private record Pieces(Matrix matrix, int first) implements Ahead.Pieces {

        @Override
        public int count() {
            return (matrix.pairs() - first) * matrix.pieces();
        }

        @Override
        public int touch(int piece) {
            return matrix.touchPair(first + piece / matrix.pieces(), piece % matrix.pieces());
        }
    }

    /** One map's tasks, numbered from {@code begin} on: groups of panels, and within a group blocks of rows. */
    private final class Job {

        private final Matrix matrix;
        private final float[] bias;
        private final HostArray x;
        private final HostArray y;
        private final int begin;
        private final int pairs; // of panels, done side by side
        private final int panels; // of a task
        private final int blocks; // of rows

        Job(Linear map, HostArray x, HostArray y, int begin) {
            matrix = weights.matrix(map);
            bias = map.bias() == null ? null : weights.values(map.bias()).data();
            this.x = x;
            this.y = y;
            this.begin = begin;
            blocks = (x.rows() + TASK_ROWS - 1) / TASK_ROWS;
            pairs = x.rows() == 1 ? matrix.pairs() : 0;
            long bytesPerPanel = matrix.bytes() / matrix.panels();
            panels = (int) Math.max(1, TASK_BYTES / Math.max(1, bytesPerPanel * Math.min(x.rows(), TASK_ROWS)));
        }

        int end() {
            int single = matrix.panels() - 2 * pairs;
            return begin + pairs + (single + panels - 1) / panels * blocks;
        }

        void run(int task) {
            if (task - begin < pairs) {
                matrix.multiplyPair(task - begin, x.data(), 0, bias, y.data(), 0);
            } else {
                block(task - pairs);
            }
        }

        private void block(int task) {
            int first = 2 * pairs + (task - begin) / blocks * panels;
            int row = (task - begin) % blocks * TASK_ROWS;
            int rows = Math.min(TASK_ROWS, x.rows() - row);
            for (int panel = first; panel < Math.min(first + panels, matrix.panels()); panel++) {
                matrix.multiply(
                        panel,
                        x.data(),
                        row * matrix.inputs(),
                        rows,
                        bias,
                        y.data(),
                        row * matrix.outputs(),
                        scratch.get());
            }
        }
    }

    @Override
    public HostArray backward(Projection p, HostArray x, List<HostArray> dys, Gradients<HostArray> sums) {
        return gradients.backward(p, x, dys, sums);
    }

    @Override
    public void weightsChanged() {
        ahead.stop();
        weights.changed();
    }

    @Override
    public void close() {}
}
