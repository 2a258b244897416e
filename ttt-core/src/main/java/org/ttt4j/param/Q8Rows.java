package org.ttt4j.param;

/**
 * A matrix whose rows are cut into blocks of 32 values, each with a scale: {@code x = scale q}, q from -127 to 127. The last
 * block of a row may be shorter. Safe for use by several threads.
 */
public interface Q8Rows {

    /** Values of a block. */
    int BLOCK = 32;

    /**
     * Copies rows {@code from} to {@code from + n - 1}.
     *
     * @param q [n, width]
     * @param scales [n, ceil(width / 32)]
     * @throws org.ttt4j.tensor.TttException if they cannot be read or a scale is not finite
     */
    void read(long from, int n, byte[] q, float[] scales);

    /** Scales of a row. */
    static int blocks(long width) {
        return Math.toIntExact((width + BLOCK - 1) / BLOCK);
    }
}
