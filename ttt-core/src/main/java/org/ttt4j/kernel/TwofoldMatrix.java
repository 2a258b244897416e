package org.ttt4j.kernel;

/**
 * A matrix twice: on the heap for row functions, off it for products. Values are brought over when they are asked for on the
 * side that lacks them. At most one side is ahead of the other, in some rows.
 */
final class TwofoldMatrix {

    private final SmallProducts products;
    private final int rows;
    private final int stride;
    private float[] heap; // this and the next are null until needed
    private SmallProducts.Memory memory;
    private Side ahead = Side.NONE;
    private int first; // of the rows that are ahead
    private int end;
    private int version;
    private TwofoldMatrix transposed; // what this stands for the transpose of, or null
    private float scale;

    private enum Side {
        NONE,
        HEAP,
        MEMORY
    }

    TwofoldMatrix(SmallProducts products, int rows, int n) {
        this.products = products;
        this.rows = rows;
        stride = InnerShape.padded(n);
    }

    /** Floats from a row to the next. */
    int stride() {
        return stride;
    }

    /** Counts what was written to the heap. */
    int version() {
        return version;
    }

    /** Makes this stand for {@code scale W'} until W changes. */
    void transpose(TwofoldMatrix W, float c) {
        transposed = W;
        scale = c;
    }

    /** What this stands for the transpose of, or null. */
    TwofoldMatrix transposed() {
        return transposed;
    }

    float scale() {
        return scale;
    }

    /** On the heap, up to date in these rows. */
    float[] read(int from, int count) {
        if (ahead == Side.MEMORY && overlaps(from, count)) {
            fetch();
        }
        return onHeap();
    }

    /** On the heap, to write all of these rows. */
    float[] write(int from, int count) {
        if (ahead == Side.MEMORY) {
            drop(from, count);
            fetch();
        }
        lead(Side.HEAP, from, count);
        version++;
        return onHeap();
    }

    /** On the heap, to change something in these rows. */
    float[] change(int from, int count) {
        if (ahead == Side.MEMORY) {
            fetch();
        }
        lead(Side.HEAP, from, count);
        version++;
        return onHeap();
    }

    /** Off the heap, up to date in these rows. */
    SmallProducts.Memory readMemory(int from, int count) {
        if (ahead == Side.HEAP && overlaps(from, count)) {
            store();
        }
        return offHeap();
    }

    /** Off the heap, to write all of these rows. */
    SmallProducts.Memory writeMemory(int from, int count) {
        if (ahead == Side.HEAP) {
            drop(from, count);
            store();
        }
        lead(Side.MEMORY, from, count);
        return offHeap();
    }

    /** Off the heap, to change something in these rows. */
    SmallProducts.Memory changeMemory(int from, int count) {
        if (ahead == Side.HEAP) {
            store();
        }
        lead(Side.MEMORY, from, count);
        return offHeap();
    }

    /** Off the heap from whole rows in an array. */
    void load(float[] values, int at, int from, int count) {
        writeMemory(from, count).put(from * stride, values, at, count * stride);
    }

    /** Whole rows to an array from the side that has them. */
    void unload(float[] values, int at, int from, int count) {
        if (ahead == Side.MEMORY) {
            memory.get(from * stride, values, at, count * stride);
        } else {
            System.arraycopy(onHeap(), from * stride, values, at, count * stride);
        }
    }

    private boolean overlaps(int from, int count) {
        return from < end && first < from + count;
    }

    /** Forgets rows that are to be overwritten. */
    private void drop(int from, int count) {
        if (from <= first && end <= from + count) {
            ahead = Side.NONE;
        }
    }

    private void lead(Side side, int from, int count) {
        first = ahead == side ? Math.min(first, from) : from;
        end = ahead == side ? Math.max(end, from + count) : from + count;
        ahead = side;
    }

    private void fetch() {
        if (ahead == Side.MEMORY) {
            memory.get(first * stride, onHeap(), first * stride, (end - first) * stride);
            ahead = Side.NONE;
        }
    }

    private void store() {
        if (ahead == Side.HEAP) {
            offHeap().put(first * stride, heap, first * stride, (end - first) * stride);
            ahead = Side.NONE;
        }
    }

    private float[] onHeap() {
        if (heap == null) {
            heap = new float[rows * stride];
        }
        return heap;
    }

    private SmallProducts.Memory offHeap() {
        if (memory == null) {
            memory = products.allocate(rows * stride);
        }
        return memory;
    }

    void close() {
        if (memory != null) {
            memory.close();
            memory = null;
        }
    }
}
