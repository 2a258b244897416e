package org.ttt4j.host;

import java.util.ArrayList;
import java.util.List;
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
    private final Blas blas;

    ProjectionGradients(Workers workers, Arena arena, ColumnSums columnSums, BlasMemory memory, Blas blas) {
        this.workers = workers;
        this.arena = arena;
        this.columnSums = columnSums;
        this.memory = memory;
        this.blas = blas;
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
        if (used.isEmpty()) {
            return arena.zeros(x.shape());
        }
        HostArray dx = arena.array(x.shape());
        int n = dx.width();
        List<Tile> tiles = new ArrayList<>();
        Tile.cut(tiles, 0, x.rows(), Tile.rowsFor(x.rows()), n, n);
        workers.run(
                tiles.size(),
                i -> memory.use(dY -> memory.use(dX -> {
                    Tile t = tiles.get(i);
                    dX.reserve(t.rows() * n);
                    for (int map = 0; map < used.size(); map++) {
                        inputGradient(used.get(map), t, dY, map > 0, dX, n);
                    }
                    dX.get(0, dx.data(), t.row() * n, t.rows() * n);
                })));
        return dx;
    }

    private void inputGradient(Used u, Tile t, BlasBuffer dY, boolean add, BlasBuffer dX, int n) {
        for (int o = 0; o < u.map().out(); o += CHUNK_COLUMNS) {
            int columns = Math.min(CHUNK_COLUMNS, u.map().out() - o);
            loadColumns(dY, u.dy(), t.row(), t.rows(), o, columns);
            BlasMatrix dy = dY.matrix(0, t.rows(), columns);
            BlasMatrix w = memory.copy(u.map()).matrix(o * n, columns, n);
            blas.multiply(dy, false, w, false, add || o > 0, dX.matrix(0, t.rows(), n));
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
                        BlasMatrix dy = dY.matrix(0, rows, t.columns());
                        blas.multiply(dy, true, X.matrix(0, rows, n), false, false, D.matrix(0, t.columns(), n));
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
