package org.ttt4j.host;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.factory.Nd4j;
import org.ttt4j.kernel.Workers;
import org.ttt4j.ops.Gradients;
import org.ttt4j.ops.Linear;
import org.ttt4j.ops.Projection;

/** The gradients of linear maps: {@code dx = Σ dy W}, {@code dW = dyᵀ x}, and the column sums of dy for a bias. */
final class ProjectionGradients {

    /** Columns of a wide dy that are off the heap at a time. */
    private static final int CHUNK_COLUMNS = 2048;

    private final Workers workers;
    private final Arena arena;
    private final ColumnSums columnSums;
    private final BlasMemory memory;

    ProjectionGradients(Workers workers, Arena arena, ColumnSums columnSums, BlasMemory memory) {
        this.workers = workers;
        this.arena = arena;
        this.columnSums = columnSums;
        this.memory = memory;
    }

    /** The gradient at x; adds those of weights and biases. An unused output has no gradient: null. */
    HostArray backward(Projection p, HostArray x, List<HostArray> dys, Gradients<HostArray> gradients) {
        List<Used> used = Used.of(p, dys);
        HostArray dx = inputGradient(used, x);
        weightGradients(used, x, gradients);
        columnSums.addBiases(used, gradients);
        return dx;
    }

    private HostArray inputGradient(List<Used> used, HostArray x) {
        memory.refresh(used.stream().map(Used::map).toList());
        HostArray dx = arena.zeros(x.shape());
        List<Tile> tiles = new ArrayList<>();
        Tile.cut(tiles, 0, x.rows(), Tile.rowsFor(x.rows()), x.width(), x.width());
        workers.run(
                tiles.size(),
                i -> memory.use(dY -> memory.use(dX -> {
                    for (Used u : used) {
                        addInputGradient(u, tiles.get(i), dY, dX, dx);
                    }
                })));
        return dx;
    }

    private void addInputGradient(Used u, Tile t, BlasBuffer dY, BlasBuffer dX, HostArray dx) {
        int n = dx.width();
        dX.reserve(t.rows() * n);
        for (int o = 0; o < u.map().out(); o += CHUNK_COLUMNS) {
            int columns = Math.min(CHUNK_COLUMNS, u.map().out() - o);
            loadColumns(dY, u.dy(), t.row(), t.rows(), o, columns);
            Nd4j.matmul(
                    dY.matrix(0, t.rows(), columns),
                    memory.copy(u.map()).matrix(o * n, columns, n),
                    dX.matrix(0, t.rows(), n),
                    false,
                    false,
                    false);
            addRows(dX, t.rows(), n, dx.data(), t.row() * n);
        }
    }

    private void weightGradients(List<Used> used, HostArray x, Gradients<HostArray> gradients) {
        List<HostArray> dW = new ArrayList<>();
        List<Tile> tiles = new ArrayList<>();
        for (int i = 0; i < used.size(); i++) {
            Linear map = used.get(i).map();
            boolean wanted = gradients.wants(map.weight());
            dW.add(wanted ? gradients.of(map.weight()) : null);
            if (wanted) {
                Tile.cut(tiles, i, 1, 1, map.out(), map.out() < 2048 ? 128 : 256);
            }
        }
        for (int first = 0; !tiles.isEmpty() && first < x.rows(); first += Projections.CHUNK_ROWS) {
            addWeightGradients(used, tiles, x, first, Math.min(Projections.CHUNK_ROWS, x.rows() - first), dW);
        }
    }

    private void addWeightGradients(
            List<Used> used, List<Tile> tiles, HostArray x, int first, int rows, List<HostArray> dW) {
        int n = x.width();
        memory.use(X -> {
            memory.load(X, x, first, rows);
            workers.run(
                    tiles.size(),
                    i -> memory.use(dY -> memory.use(D -> {
                        Tile t = tiles.get(i);
                        loadColumns(dY, used.get(t.map()).dy(), first, rows, t.column(), t.columns());
                        D.reserve(t.columns() * n);
                        Nd4j.matmul(
                                dY.matrix(0, rows, t.columns()),
                                X.matrix(0, rows, n),
                                D.matrix(0, t.columns(), n),
                                true,
                                false,
                                false);
                        addRows(D, t.columns(), n, dW.get(t.map()).data(), t.column() * n);
                    })));
        });
    }

    private static void loadColumns(BlasBuffer to, HostArray x, int row, int rows, int column, int columns) {
        to.reserve(rows * columns);
        for (int r = 0; r < rows; r++) {
            to.put(r * columns, x.data(), (row + r) * x.width() + column, columns);
        }
    }

    private static void addRows(BlasBuffer from, int rows, int n, float[] to, int at) {
        float[] row = new float[n];
        for (int r = 0; r < rows; r++) {
            from.get(r * n, row, 0, n);
            for (int i = 0; i < n; i++) {
                to[at + r * n + i] += row[i];
            }
        }
    }
}
