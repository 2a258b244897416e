package org.ttt4j.host;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.factory.Nd4j;
import org.ttt4j.kernel.Workers;
import org.ttt4j.ops.Linear;
import org.ttt4j.ops.Projection;

/**
 * Linear maps {@code x Wᵀ + b}. One or two rows are multiplied on the Java heap, where every weight passes through once;
 * more go to BLAS, tile by tile.
 */
final class Projections {

    /** Up to so many rows, loops over the weights' rows are faster than BLAS. */
    private static final int FEW_ROWS = 2;
    /** Weights of a task when rows are few. */
    private static final int TASK_WEIGHTS = 1 << 16;
    /** Rows that are off the heap at a time. */
    static final int CHUNK_ROWS = 2048;

    private final Workers workers;
    private final Arena arena;
    private final BlasMemory memory;
    private final HostWeights weights;

    Projections(Workers workers, Arena arena, BlasMemory memory, HostWeights weights) {
        this.workers = workers;
        this.arena = arena;
        this.memory = memory;
        this.weights = weights;
    }

    /** Every map of x: [.., out] each. */
    List<HostArray> forward(Projection p, HostArray x) {
        x.requireWidth(
                "input of " + p.maps().get(0).weight().key(), p.maps().get(0).in());
        List<HostArray> ys = new ArrayList<>();
        p.maps().forEach(m -> ys.add(arena.like(x, m.out())));
        if (x.rows() <= FEW_ROWS) {
            fewRows(p.maps(), x, ys);
            return ys;
        }
        memory.refresh(p.maps());
        for (int first = 0; first < x.rows(); first += CHUNK_ROWS) {
            chunk(p.maps(), x, first, Math.min(CHUNK_ROWS, x.rows() - first), ys);
        }
        return ys;
    }

    private void fewRows(List<Linear> maps, HostArray x, List<HostArray> ys) {
        List<Tile> tiles = new ArrayList<>();
        for (int i = 0; i < maps.size(); i++) {
            int outputs = Math.max(1, TASK_WEIGHTS / x.width());
            Tile.cut(tiles, i, x.rows(), FEW_ROWS, maps.get(i).out(), outputs);
        }
        workers.run(tiles.size(), i -> {
            Tile tile = tiles.get(i);
            fewRows(maps.get(tile.map()), tile, x, ys.get(tile.map()).data());
        });
    }

    private void fewRows(Linear map, Tile tile, HostArray x, float[] y) {
        int n = x.width();
        float[] w = weights.rounded(map.weight()).data();
        float[] bias = bias(map);
        for (int o = tile.column(); o < tile.column() + tile.columns(); o++) {
            if (tile.rows() == 2) {
                Reductions.twoDots(w, o * n, x.data(), 0, n, y, o, map.out());
            } else {
                y[o] = Reductions.dot(w, o * n, x.data(), 0, n);
            }
            for (int r = 0; bias != null && r < tile.rows(); r++) {
                y[r * map.out() + o] += bias[o];
            }
        }
    }

    private void chunk(List<Linear> maps, HostArray x, int first, int rows, List<HostArray> ys) {
        List<Tile> tiles = new ArrayList<>();
        for (int i = 0; i < maps.size(); i++) {
            int outputs = rows <= 128 ? 256 : 384;
            Tile.cut(tiles, i, rows, Tile.rowsFor(rows), maps.get(i).out(), outputs);
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

    private void tile(Linear map, Tile t, BlasBuffer X, int n, int first, float[] y) {
        float[] bias = bias(map);
        memory.use(Y -> {
            Y.reserve(t.rows() * t.columns());
            Nd4j.matmul(
                    X.matrix(t.row() * n, t.rows(), n),
                    memory.copy(map).matrix(t.column() * n, t.columns(), n),
                    Y.matrix(0, t.rows(), t.columns()),
                    false,
                    true,
                    false);
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
