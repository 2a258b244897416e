package org.ttt4j.host;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.nd4j.linalg.factory.Nd4j;
import org.ttt4j.kernel.Workers;
import org.ttt4j.ops.Gradients;
import org.ttt4j.ops.Linear;
import org.ttt4j.ops.Projection;
import org.ttt4j.param.Param;

/**
 * Linear maps {@code x Wᵀ + b} and their gradients. Few rows are multiplied row by row on the Java heap, where the weights
 * stream through once; many rows go to BLAS in tiles, one tile to a thread, from copies off the heap. A tile's size depends
 * on the matrices alone.
 *
 * <p>BLAS itself must not start threads: its thread count, which belongs to the whole process, is set to 1.
 */
final class Projections implements AutoCloseable {

    /** Up to so many rows, loops over the weights' rows are faster than BLAS. */
    static final int FEW_ROWS = 4;
    /** Rows that are off the heap at a time. */
    private static final int CHUNK_ROWS = 2048;
    /** Outputs of a tile. */
    private static final int TILE_COLUMNS = 1024;
    /** Weights of a task when rows are few. */
    private static final int TASK_WEIGHTS = 1 << 16;

    private final Workers workers;
    private final RowBlocks blocks;
    private final Function<Param, HostArray> weights;
    private final Map<Param, BlasBuffer> copies = new ConcurrentHashMap<>(); // of weights, off the heap
    private final Set<Param> current = new HashSet<>(); // whose copies are up to date
    private final ConcurrentLinkedDeque<BlasBuffer> idle = new ConcurrentLinkedDeque<>();

    Projections(Workers workers, RowBlocks blocks, Function<Param, HostArray> weights) {
        this.workers = workers;
        this.blocks = blocks;
        this.weights = weights;
        Nd4j.factory().blas().setMaxThreads(1);
    }

    /** Every map of x: [.., out] each. */
    List<HostArray> forward(Projection p, HostArray x) {
        x.requireWidth(
                "input of " + p.maps().get(0).weight().key(), p.maps().get(0).in());
        List<HostArray> ys = new ArrayList<>();
        p.maps().forEach(m -> ys.add(x.like(m.out())));
        if (x.rows() <= FEW_ROWS) {
            fewRows(p.maps(), x, ys);
        } else {
            chunks(
                    x.rows(),
                    (first, rows) -> withBuffer(X -> {
                        load(X, x, first, rows);
                        forward(p.maps(), X, x.width(), first, rows, ys);
                    }));
        }
        return ys;
    }

    private void fewRows(List<Linear> maps, HostArray x, List<HostArray> ys) {
        int n = x.width();
        int group = Math.max(1, TASK_WEIGHTS / n);
        List<Tile> tiles = new ArrayList<>();
        for (int i = 0; i < maps.size(); i++) {
            addTiles(tiles, i, x.rows(), x.rows(), maps.get(i).out(), group);
        }
        workers.run(tiles.size(), i -> {
            Tile tile = tiles.get(i);
            Linear map = maps.get(tile.map);
            float[] w = weights.apply(map.weight()).data();
            float[] bias = bias(map);
            float[] y = ys.get(tile.map).data();
            for (int o = tile.column; o < tile.column + tile.columns; o++) {
                for (int r = 0; r < x.rows(); r++) {
                    float sum = Reductions.dot(w, o * n, x.data(), r * n, n);
                    y[r * map.out() + o] = bias == null ? sum : sum + bias[o];
                }
            }
        });
    }

    private void forward(List<Linear> maps, BlasBuffer X, int n, int first, int rows, List<HostArray> ys) {
        refresh(maps);
        List<Tile> tiles = new ArrayList<>();
        for (int i = 0; i < maps.size(); i++) {
            int columns = rows <= 128 ? 256 : TILE_COLUMNS;
            addTiles(tiles, i, rows, rowsOfTile(rows), maps.get(i).out(), columns);
        }
        workers.run(
                tiles.size(),
                i -> withBuffer(Y -> {
                    Tile t = tiles.get(i);
                    Linear map = maps.get(t.map);
                    Y.reserve(t.rows * t.columns);
                    Nd4j.matmul(
                            X.matrix(t.row * n, t.rows, n),
                            copies.get(map.weight()).matrix(t.column * n, t.columns, n),
                            Y.matrix(0, t.rows, t.columns),
                            false,
                            true,
                            false);
                    float[] bias = bias(map);
                    float[] y = ys.get(t.map).data();
                    for (int r = 0; r < t.rows; r++) {
                        int at = (first + t.row + r) * map.out() + t.column;
                        Y.get(r * t.columns, y, at, t.columns);
                        for (int o = 0; bias != null && o < t.columns; o++) {
                            y[at + o] += bias[t.column + o];
                        }
                    }
                }));
    }

    /** The gradient at x; adds those of weights and biases. An unused output has no gradient: null. */
    HostArray backward(Projection p, HostArray x, List<HostArray> dys, Gradients<HostArray> gradients) {
        List<Linear> used = new ArrayList<>();
        List<HostArray> dy = new ArrayList<>();
        for (int i = 0; i < dys.size(); i++) {
            if (dys.get(i) != null) {
                Linear map = p.maps().get(i);
                used.add(map);
                dy.add(dys.get(i).requireShapeOf("gradient at " + map.weight().key(), x.like(map.out())));
            }
        }
        HostArray dx = HostArray.zeros(x.shape());
        inputGradient(used, dy, dx);
        for (int i = 0; i < used.size(); i++) {
            if (gradients.wants(used.get(i).bias())) {
                biasGradient(dy.get(i), gradients.of(used.get(i).bias()));
            }
        }
        weightGradients(used, x, dy, gradients);
        return dx;
    }

    /** {@code dx = Σ dy W}, tile by tile of rows; a wide dy passes through in pieces. */
    private void inputGradient(List<Linear> maps, List<HostArray> dys, HostArray dx) {
        refresh(maps);
        int n = dx.width();
        List<Tile> tiles = new ArrayList<>();
        addTiles(tiles, 0, dx.rows(), rowsOfTile(dx.rows()), n, n);
        workers.run(
                tiles.size(),
                i -> withBuffer(dY -> withBuffer(dX -> {
                    Tile t = tiles.get(i);
                    dX.reserve(t.rows * n);
                    for (int m = 0; m < maps.size(); m++) {
                        int out = maps.get(m).out();
                        for (int o = 0; o < out; o += CHUNK_ROWS) {
                            int columns = Math.min(CHUNK_ROWS, out - o);
                            loadColumns(dY, dys.get(m), t.row, t.rows, o, columns);
                            Nd4j.matmul(
                                    dY.matrix(0, t.rows, columns),
                                    copies.get(maps.get(m).weight()).matrix(o * n, columns, n),
                                    dX.matrix(0, t.rows, n),
                                    false,
                                    false,
                                    false);
                            addRows(dX, t.rows, n, dx.data(), t.row * n);
                        }
                    }
                })));
    }

    /** {@code dW += dyᵀ x}, tile by tile of outputs. */
    private void weightGradients(List<Linear> maps, HostArray x, List<HostArray> dys, Gradients<HostArray> gradients) {
        List<Tile> tiles = new ArrayList<>();
        List<HostArray> dW = new ArrayList<>();
        for (int i = 0; i < maps.size(); i++) {
            Param w = maps.get(i).weight();
            dW.add(gradients.wants(w) ? gradients.of(w) : null);
            if (gradients.wants(w)) {
                int out = maps.get(i).out();
                addTiles(tiles, i, 1, 1, out, out < 2048 ? 128 : 256);
            }
        }
        if (tiles.isEmpty()) {
            return;
        }
        int n = x.width();
        chunks(
                x.rows(),
                (first, rows) -> withBuffer(X -> {
                    load(X, x, first, rows);
                    workers.run(
                            tiles.size(),
                            i -> withBuffer(dY -> withBuffer(D -> {
                                Tile t = tiles.get(i);
                                loadColumns(dY, dys.get(t.map), first, rows, t.column, t.columns);
                                D.reserve(t.columns * n);
                                Nd4j.matmul(
                                        dY.matrix(0, rows, t.columns),
                                        X.matrix(0, rows, n),
                                        D.matrix(0, t.columns, n),
                                        true,
                                        false,
                                        false);
                                addRows(D, t.columns, n, dW.get(t.map).data(), t.column * n);
                            })));
                }));
    }

    private void biasGradient(HostArray dy, HostArray db) {
        int n = dy.width();
        RowBlocks.add(
                blocks.sum(dy.rows(), n, n, (from, to, sums) -> {
                    for (int i = from * n; i < to * n; i++) {
                        sums[i % n] += dy.data()[i];
                    }
                }),
                db.data());
    }

    /** A rectangle of one map's output. */
    private record Tile(int map, int row, int rows, int column, int columns) {}

    private static void addTiles(List<Tile> tiles, int map, int rows, int tileRows, int columns, int tileColumns) {
        for (int o = 0; o < columns; o += tileColumns) {
            for (int r = 0; r < rows; r += tileRows) {
                tiles.add(new Tile(map, r, Math.min(tileRows, rows - r), o, Math.min(tileColumns, columns - o)));
            }
        }
    }

    private static int rowsOfTile(int rows) {
        return rows <= 1024 ? 128 : 256;
    }

    private static void chunks(int rows, BiConsumer<Integer, Integer> body) {
        for (int first = 0; first < rows; first += CHUNK_ROWS) {
            body.accept(first, Math.min(CHUNK_ROWS, rows - first));
        }
    }

    private void load(BlasBuffer to, HostArray x, int first, int rows) {
        int n = x.width();
        to.reserve(rows * n);
        blocks.run(rows, n, (from, end) -> to.put(from * n, x.data(), (first + from) * n, (end - from) * n));
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

    private float[] bias(Linear map) {
        return map.bias() == null ? null : weights.apply(map.bias()).data();
    }

    /** Copies those weights off the heap that were not there or have changed. */
    private synchronized void refresh(List<Linear> maps) {
        for (Linear map : maps) {
            if (current.add(map.weight())) {
                HostArray w = weights.apply(map.weight());
                load(copies.computeIfAbsent(map.weight(), p -> new BlasBuffer()), w, 0, w.rows());
            }
        }
    }

    private interface BufferUse {
        void with(BlasBuffer buffer);
    }

    private void withBuffer(BufferUse use) {
        BlasBuffer buffer = idle.pollFirst();
        if (buffer == null) {
            buffer = new BlasBuffer();
        }
        use.with(buffer);
        idle.addFirst(buffer);
    }

    synchronized void weightsChanged() {
        current.clear();
    }

    @Override
    public synchronized void close() {
        current.clear();
        copies.values().forEach(BlasBuffer::close);
        copies.clear();
        idle.forEach(BlasBuffer::close);
        idle.clear();
    }
}
