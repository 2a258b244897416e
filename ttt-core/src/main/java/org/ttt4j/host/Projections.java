package org.ttt4j.host;

import java.util.ArrayList;
import java.util.List;
import org.ttt4j.kernel.Workers;
import org.ttt4j.ops.Linear;
import org.ttt4j.ops.Projection;

/** Linear maps {@code x Wᵀ + b} by BLAS, tile by tile. */
final class Projections {

    /** Up to so many rows, reading the weights takes longer than computing. */
    private static final int FEW_ROWS = 24;
    /** Weights of a task when rows are few: they stay in a core's cache while row after row meets them. */
    private static final int TASK_WEIGHTS = 3 << 15;
    /** Rows that are off the heap at a time. */
    static final int CHUNK_ROWS = 2048;

    private final Workers workers;
    private final Arena arena;
    private final BlasMemory memory;
    private final Blas blas;
    private final HostWeights weights;

    Projections(Workers workers, Arena arena, BlasMemory memory, Blas blas, HostWeights weights) {
        this.workers = workers;
        this.arena = arena;
        this.memory = memory;
        this.blas = blas;
        this.weights = weights;
    }

    /** Every map of x: [.., out] each. */
    List<HostArray> forward(Projection p, HostArray x) {
        x.requireWidth(
                "input of " + p.maps().get(0).weight().key(), p.maps().get(0).in());
        List<HostArray> ys = new ArrayList<>();
        p.maps().forEach(m -> ys.add(arena.like(x, m.out())));
        memory.refresh(p.maps());
        for (int first = 0; first < x.rows(); first += CHUNK_ROWS) {
            chunk(p.maps(), x, first, Math.min(CHUNK_ROWS, x.rows() - first), ys);
        }
        return ys;
    }

    private void chunk(List<Linear> maps, HostArray x, int first, int rows, List<HostArray> ys) {
        List<Tile> tiles = new ArrayList<>();
        for (int i = 0; i < maps.size(); i++) {
            Tile.cut(tiles, i, rows, Tile.rowsFor(rows), maps.get(i).out(), outputs(rows, x.width()));
        }
        memory.use(X -> {
            memory.load(X, x, first, rows);
            workers.run(tiles.size(), i -> {
                Tile tile = tiles.get(i);
                tile(
                        maps.get(tile.map()),
                        tile,
                        X,
                        x.width(),
                        first,
                        ys.get(tile.map()).data());
            });
        });
    }

    /** Outputs of a tile. */
    private static int outputs(int rows, int inputs) {
        if (rows <= FEW_ROWS) {
            return Math.max(1, TASK_WEIGHTS / inputs);
        }
        return rows <= 128 ? 256 : 384;
    }

    private void tile(Linear map, Tile t, BlasBuffer X, int n, int first, float[] y) {
        float[] bias = bias(map);
        memory.use(Y -> {
            Y.reserve(t.rows() * t.columns());
            BlasMatrix x = X.matrix(t.row() * n, t.rows(), n);
            BlasMatrix w = memory.copy(map).matrix(t.column() * n, t.columns(), n);
            blas.multiply(x, false, w, true, false, Y.matrix(0, t.rows(), t.columns()));
            for (int r = 0; r < t.rows(); r++) {
                int at = (first + t.row() + r) * map.out() + t.column();
                Y.get(r * t.columns(), y, at, t.columns());
                for (int o = 0; bias != null && o < t.columns(); o++) {
                    y[at + o] += bias[t.column() + o];
                }
            }
        });
    }

    private float[] bias(Linear map) {
        return map.bias() == null ? null : weights.values(map.bias()).data();
    }
}
