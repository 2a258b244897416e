package org.ttt4j.host;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.function.Consumer;
import java.util.function.Function;
import org.ttt4j.ops.Linear;
import org.ttt4j.param.Param;

/** What BLAS works on, off the Java heap: copies of weights, and scratch that is handed out and taken back. */
final class BlasMemory implements AutoCloseable {

    private final RowBlocks blocks;
    private final Function<Param, HostArray> weights;
    private final Map<Param, BlasBuffer> copies = new ConcurrentHashMap<>();
    private final Set<Param> current = new HashSet<>(); // whose copies are up to date
    private final ConcurrentLinkedDeque<BlasBuffer> idle = new ConcurrentLinkedDeque<>();

    BlasMemory(RowBlocks blocks, Function<Param, HostArray> weights) {
        this.blocks = blocks;
        this.weights = weights;
    }

    /** Copies those weights that have no copy or have changed. */
    synchronized void refresh(List<Linear> maps) {
        for (Linear map : maps) {
            if (current.add(map.weight())) {
                HostArray w = weights.apply(map.weight());
                load(copies.computeIfAbsent(map.weight(), p -> new BlasBuffer()), w, 0, w.rows());
            }
        }
    }

    /** The copy of a weight; {@link #refresh} first. */
    BlasBuffer copy(Linear map) {
        return copies.get(map.weight());
    }

    synchronized void weightsChanged() {
        current.clear();
    }

    /** Lends a buffer. */
    void use(Consumer<BlasBuffer> user) {
        BlasBuffer buffer = idle.pollFirst();
        if (buffer == null) {
            buffer = new BlasBuffer();
        }
        user.accept(buffer);
        idle.addFirst(buffer);
    }

    /** Fills a buffer with whole rows, all threads together. */
    void load(BlasBuffer to, HostArray x, int first, int rows) {
        int n = x.width();
        to.reserve(rows * n);
        blocks.run(rows, n, (from, end) -> to.put(from * n, x.data(), (first + from) * n, (end - from) * n));
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
