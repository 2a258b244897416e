package org.ttt4j.host;

import org.ttt4j.rows.LinearRows;

/** Sums over rows, which are the gradients of biases. */
final class ColumnSums {

    private final RowBlocks blocks;
    private final LinearRows linear;

    ColumnSums(RowBlocks blocks, LinearRows linear) {
        this.blocks = blocks;
        this.linear = linear;
    }

    /** Adds the sum of all rows of x, as wide as the sums, to the sums. */
    void add(HostArray x, float[] sums) {
        int n = sums.length;
        float[] total = blocks.sum(x.rows(), n, n, (from, to, part) -> linear.columnSums(x.data(), from, to, part));
        linear.add(sums, total, sums, 0, n);
    }
}
