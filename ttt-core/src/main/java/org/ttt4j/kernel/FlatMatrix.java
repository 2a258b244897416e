package org.ttt4j.kernel;

/**
 * Rows in one array; what lies between two rows is 0. Rows of its own have room for whole quads, four vectors each, so that a
 * loop over rows can take four vectors of each at once and needs no loop within.
 */
final class FlatMatrix {

    /** Columns of a quad. */
    static final int QUAD = 4 * VectorBlocks.LANES;

    private final int ownStride;
    private final float[] own;
    private int stride;
    private float[] array;
    private int at;

    FlatMatrix(int rows, int n) {
        this(rows, n, InnerShape.padded((n + QUAD - 1) / QUAD * QUAD));
    }

    private FlatMatrix(int rows, int n, int stride) {
        ownStride = stride;
        own = new float[Math.max(rows * stride, InnerShape.padded(n))];
        release();
    }

    /** A matrix whose rows have room for whole vectors only: not for loops over quads. */
    static FlatMatrix narrow(int rows, int n) {
        return new FlatMatrix(rows, n, InnerShape.padded(n));
    }

    /** A matrix whose rows are one and the same; a row of zeros at first. */
    static FlatMatrix repeated(int n) {
        return new FlatMatrix(1, n, 0);
    }

    /** Where all rows lie. */
    float[] array() {
        return array;
    }

    /** Where row i begins. */
    int row(int i) {
        return at + i * stride;
    }

    /** Floats from a row to the next. */
    int stride() {
        return stride;
    }

    /** Lets the rows lie in another array. */
    void attach(float[] values, int first, int apart) {
        array = values;
        at = first;
        stride = apart;
    }

    void release() {
        attach(own, 0, ownStride);
    }
}
