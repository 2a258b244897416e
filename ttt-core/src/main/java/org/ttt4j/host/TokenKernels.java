package org.ttt4j.host;

import java.util.Arrays;
import org.ttt4j.kernel.Workers;
import org.ttt4j.matrix.Matrix;
import org.ttt4j.ops.Chunk;
import org.ttt4j.rows.LinearRows;
import org.ttt4j.tensor.TttException;

/** What picks rows by token: the embedding and the last token, with their gradients. */
final class TokenKernels {

    /** Channels of a slice in the embedding's gradient: whole cache lines. */
    private static final int SLICE = 64;

    private final Workers workers;
    private final RowBlocks blocks;
    private final Arena arena;
    private final LinearRows linear;

    TokenKernels(Workers workers, RowBlocks blocks, Arena arena, LinearRows linear) {
        this.workers = workers;
        this.blocks = blocks;
        this.arena = arena;
        this.linear = linear;
    }

    HostArray embed(String name, HostArray table, int[][] ids) {
        int n = table.width();
        return embed(name, table.shape()[0], n, ids, (id, to, at) -> System.arraycopy(table.data(), id * n, to, at, n));
    }

    /** From a table that is packed as a matrix of the head is. */
    HostArray embed(String name, Matrix table, int[][] ids) {
        return embed(name, table.outputs(), table.inputs(), ids, table::read);
    }

    private interface Rows {
        void read(int row, float[] to, int at);
    }

    private HostArray embed(String name, int vocabulary, int n, int[][] ids, Rows rows) {
        int columns = 0;
        for (int[] sequence : ids) {
            columns = Math.max(columns, sequence.length);
            for (int id : sequence) {
                if (id < 0 || id >= vocabulary) {
                    throw TttException.mismatch("token of " + name, "0 to " + (vocabulary - 1), id);
                }
            }
        }
        int length = columns;
        HostArray y = arena.array(ids.length, length, n);
        blocks.run(ids.length * length, n, (from, to) -> {
            for (int r = from; r < to; r++) {
                int[] sequence = ids[r / length];
                if (r % length < sequence.length) {
                    rows.read(sequence[r % length], y.data(), r * n);
                } else {
                    Arrays.fill(y.data(), r * n, (r + 1) * n, 0);
                }
            }
        });
        return y;
    }

    /** A token may occur many times: threads share the channels, not the tokens, and so add in the tokens' order. */
    void embedGradient(int[][] ids, HostArray dy, HostArray dTable) {
        int n = dTable.width();
        workers.run((n + SLICE - 1) / SLICE, slice -> {
            int from = slice * SLICE;
            int to = Math.min(n, from + SLICE);
            for (int b = 0; b < ids.length; b++) {
                for (int t = 0; t < ids[b].length; t++) {
                    int source = dy.row(b, t);
                    int target = ids[b][t] * n;
                    linear.addTo(dy.data(), source + from, dTable.data(), target + from, to - from);
                }
            }
        });
    }

    HostArray last(HostArray x, Chunk chunk) {
        HostArray y = arena.zeros(chunk.batch(), 1, x.width());
        for (int b = 0; b < chunk.batch(); b++) {
            if (chunk.length(b) > 0) {
                System.arraycopy(x.data(), x.row(b, chunk.length(b) - 1), y.data(), y.row(b, 0), x.width());
            }
        }
        return y;
    }

    HostArray lastGradient(HostArray x, Chunk chunk, HostArray dy) {
        HostArray dx = arena.zeros(x.shape());
        for (int b = 0; b < chunk.batch(); b++) {
            if (chunk.length(b) > 0) {
                System.arraycopy(dy.data(), dy.row(b, 0), dx.data(), dx.row(b, chunk.length(b) - 1), x.width());
            }
        }
        return dx;
    }
}
