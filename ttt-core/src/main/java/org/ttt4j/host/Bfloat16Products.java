package org.ttt4j.host;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.nd4j.linalg.factory.Nd4j;
import org.ttt4j.kernel.VectorApi;
import org.ttt4j.kernel.Workers;
import org.ttt4j.matrix.VectorRounding;
import org.ttt4j.ops.Gradients;
import org.ttt4j.ops.Linear;
import org.ttt4j.ops.Projection;
import org.ttt4j.param.Param;
import org.ttt4j.tensor.TttException;

/**
 * Products of many rows in bfloat16: inputs, weights and results are rounded to it, sums are float32. They run in oneDNN,
 * which one build of ND4J's backend brings; its other builds would take a thousand times as long. What has few rows, or must
 * stay float32, is handed on.
 */
final class Bfloat16Products implements Products {

    /** What the build with oneDNN has on the class path. */
    private static final String LIBRARY =
            "org/nd4j/linalg/cpu/nativecpu/bindings/linux-x86_64-onednn-avx512/libnd4jcpu.so";

    /** From so many rows on, rounding the inputs and the way off the heap pay. */
    private static final int MANY_ROWS = 64;
    /** Rows of a task. */
    private static final int TASK_ROWS = 128;
    /** Outputs of one product. */
    private static final int COLUMNS = 1024;

    private final Workers workers;
    private final Arena arena;
    private final HostWeights weights;
    private final Products others;
    private final Map<Param, List<Bfloat16Buffer>> copies = new ConcurrentHashMap<>();
    private final List<Scratch> all = new ArrayList<>();
    private final ThreadLocal<Scratch> scratch = ThreadLocal.withInitial(this::newScratch);

    /** @throws TttException if the backend is not the build with oneDNN, or there is no Vector API to round with */
    Bfloat16Products(Workers workers, Arena arena, HostWeights weights, Products others) {
        if (!VectorApi.available()) {
            throw TttException.mismatch("JVM for bfloat16 products", VectorApi.FLAG, "without");
        }
        if (!available()) {
            throw TttException.mismatch(
                    "backend for bfloat16 products",
                    "nd4j-native with classifier linux-x86_64-onednn-avx512",
                    "another");
        }
        this.workers = workers;
        this.arena = arena;
        this.weights = weights;
        this.others = others;
        Nd4j.factory().blas().setMaxThreads(1);
    }

    /** Whether the backend is the build with oneDNN. */
    static boolean available() {
        return Nd4j.class.getClassLoader().getResource(LIBRARY) != null;
    }

    private static final class Scratch {
        private final Bfloat16Buffer x = new Bfloat16Buffer();
        private final Bfloat16Buffer y = new Bfloat16Buffer();
        private short[] shorts = {};

        short[] shorts(int n) {
            if (shorts.length < n) {
                shorts = new short[n];
            }
            return shorts;
        }
    }

    private synchronized Scratch newScratch() {
        Scratch s = new Scratch();
        all.add(s);
        return s;
    }

    /** The inner learning-rate gate, [H, 1, C], stays float32. */
    private static boolean rounds(Linear map) {
        return map.weight().shape().length == 2 && map.bias() == null;
    }

    @Override
    public List<HostArray> forward(Projection p, HostArray x) {
        List<Linear> rounded =
                p.maps().stream().filter(Bfloat16Products::rounds).toList();
        if (x.rows() < MANY_ROWS || rounded.isEmpty()) {
            return others.forward(p, x);
        }
        x.requireWidth(
                "input of " + rounded.get(0).weight().key(), rounded.get(0).in());
        List<HostArray> ys = new ArrayList<>();
        List<List<Bfloat16Buffer>> W = new ArrayList<>();
        for (Linear map : rounded) {
            ys.add(arena.like(x, map.out()));
            W.add(copies.computeIfAbsent(map.weight(), w -> copy(map)));
        }
        int tasks = (x.rows() + TASK_ROWS - 1) / TASK_ROWS;
        workers.run(tasks, task -> {
            int row = task * TASK_ROWS;
            multiply(x, row, Math.min(TASK_ROWS, x.rows() - row), W, ys);
        });
        return inOrder(p, x, rounded, ys);
    }

    /** Adds what others computed, at its place. */
    private List<HostArray> inOrder(Projection p, HostArray x, List<Linear> rounded, List<HostArray> ys) {
        List<Linear> rest =
                p.maps().stream().filter(map -> !rounded.contains(map)).toList();
        if (rest.isEmpty()) {
            return ys;
        }
        List<HostArray> handedOn = others.forward(new Projection(rest), x);
        return p.maps().stream()
                .map(map -> rounds(map) ? ys.get(rounded.indexOf(map)) : handedOn.get(rest.indexOf(map)))
                .toList();
    }

    private void multiply(HostArray x, int row, int rows, List<List<Bfloat16Buffer>> W, List<HostArray> ys) {
        Scratch s = scratch.get();
        int n = x.width();
        short[] shorts = s.shorts(rows * Math.max(n, COLUMNS));
        VectorRounding.round(x.data(), row * n, shorts, rows * n);
        s.x.reserve(TASK_ROWS * n).put(0, shorts, rows * n);
        for (int m = 0; m < W.size(); m++) {
            HostArray y = ys.get(m);
            for (int block = 0; block < W.get(m).size(); block++) {
                int first = block * COLUMNS;
                int columns = Math.min(COLUMNS, y.width() - first);
                s.y.reserve(TASK_ROWS * COLUMNS);
                Nd4j.matmul(
                        s.x.matrix(rows, n),
                        W.get(m).get(block).matrix(n, columns),
                        s.y.matrix(rows, columns),
                        false,
                        false,
                        false);
                s.y.get(0, shorts, rows * columns);
                for (int r = 0; r < rows; r++) {
                    VectorRounding.widen(shorts, r * columns, y.data(), (row + r) * y.width() + first, columns);
                }
            }
        }
    }

    /** A weight as [in, out], in blocks of outputs. */
    private List<Bfloat16Buffer> copy(Linear map) {
        float[] values = weights.snapshot(map.weight()).data();
        List<Bfloat16Buffer> blocks = new ArrayList<>();
        for (int first = 0; first < map.out(); first += COLUMNS) {
            int columns = Math.min(COLUMNS, map.out() - first);
            float[] turned = new float[map.in() * columns];
            for (int o = 0; o < columns; o++) {
                for (int i = 0; i < map.in(); i++) {
                    turned[i * columns + o] = values[(first + o) * map.in() + i];
                }
            }
            short[] shorts = new short[turned.length];
            VectorRounding.round(turned, 0, shorts, turned.length);
            Bfloat16Buffer block = new Bfloat16Buffer().reserve(turned.length);
            block.put(0, shorts, turned.length);
            blocks.add(block);
        }
        return blocks;
    }

    @Override
    public HostArray backward(Projection p, HostArray x, List<HostArray> dys, Gradients<HostArray> gradients) {
        return others.backward(p, x, dys, gradients);
    }

    @Override
    public void weightsChanged() {
        closeCopies();
        others.weightsChanged();
    }

    private void closeCopies() {
        copies.values().forEach(blocks -> blocks.forEach(Bfloat16Buffer::close));
        copies.clear();
    }

    @Override
    public synchronized void close() {
        closeCopies();
        all.forEach(s -> {
            s.x.close();
            s.y.close();
        });
        others.close();
    }
}
