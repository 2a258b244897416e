package org.ttt4j.host;

import java.util.List;
import org.ttt4j.ops.Gradients;
import org.ttt4j.rows.LinearRows;

/** Sums over rows, which are the gradients of biases. */
final class ColumnSums {

    private final RowBlocks blocks;
    private final LinearRows linear;

    ColumnSums(RowBlocks blocks, LinearRows linear) {
        this.blocks = blocks;
        this.linear = linear;
    }

    /** Adds the gradients of those biases whose gradient is asked for. */
    void addBiases(List<Used> used, Gradients<HostArray> gradients) {
        for (Used u : used) {
            if (gradients.wants(u.map().bias())) {
                add(u.dy(), gradients.of(u.map().bias()).data());
            }
        }
    }

    /** Adds the sum of all rows of x, as wide as the sums, to the sums. */
    void add(HostArray x, float[] sums) {
        int n = sums.length;
        float[] total = blocks.sum(x.rows(), n, n, (from, to, part) -> linear.columnSums(x.data(), from, to, part));
        linear.add(sums, total, sums, 0, n);
    }
}
