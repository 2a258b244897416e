package org.ttt4j.param;

/** One parameter's values, row-major, read piece by piece as float32. Safe for use by several threads. */
public interface Values {

    /**
     * Copies values {@code from} to {@code from + n - 1}.
     *
     * @throws org.ttt4j.tensor.TttException if they cannot be read or are not finite
     */
    void read(long from, float[] to, int at, int n);

    /** The same values as they are stored in {@link Q8Rows}; null if they are stored in another way. */
    default Q8Rows q8() {
        return null;
    }
}
