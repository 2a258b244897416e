package org.ttt4j.host;

import org.ttt4j.kernel.Workers;
import org.ttt4j.matrix.Matrix;
import org.ttt4j.ops.Chunk;
import org.ttt4j.tensor.TttException;

/** What picks rows by token: the embedding and the last token, with their gradients. */
final class TokenKernels {

    /** Channels of a slice in the embedding's gradient: whole cache lines. */
    private static final int SLICE = 64;

    private final Workers workers;

    TokenKernels(Workers workers) {
        this.workers = workers;
    }

    static HostArray embed(String name, HostArray table, int[][] ids) {
        int n = table.width();
        return embed(name, table.shape()[0], n, ids, (id, to, at) -> System.arraycopy(table.data(), id * n, to, at, n));
    }

    /** From a table that is packed as a matrix of the head is. */
    static HostArray embed(String name, Matrix table, int[][] ids) {
        return embed(name, table.outputs(), table.inputs(), ids, table::read);
    }

    private interface Rows {
        void read(int row, float[] to, int at);
    }

    private static HostArray embed(String name, int vocabulary, int n, int[][] ids, Rows rows) {
        int columns = 0;
        for (int[] sequence : ids) {
            columns = Math.max(columns, sequence.length);
            for (int id : sequence) {
                if (id < 0 || id >= vocabulary) {
                    throw TttException.mismatch("token of " + name, "0 to " + (vocabulary - 1), id);
                }
            }
        }
        HostArray y = HostArray.zeros(ids.length, columns, n);
        for (int b = 0; b < ids.length; b++) {
            for (int t = 0; t < ids[b].length; t++) {
                rows.read(ids[b][t], y.data(), y.row(b, t));
            }
        }
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
                    for (int c = from; c < to; c++) {
                        dTable.data()[target + c] += dy.data()[source + c];
                    }
                }
            }
        });
    }

    static HostArray last(HostArray x, Chunk chunk) {
        HostArray y = HostArray.zeros(chunk.batch(), 1, x.width());
        for (int b = 0; b < chunk.batch(); b++) {
            if (chunk.length(b) > 0) {
                System.arraycopy(x.data(), x.row(b, chunk.length(b) - 1), y.data(), y.row(b, 0), x.width());
            }
        }
        return y;
    }

    static HostArray lastGradient(HostArray x, Chunk chunk, HostArray dy) {
        HostArray dx = HostArray.zeros(x.shape());
        for (int b = 0; b < chunk.batch(); b++) {
            if (chunk.length(b) > 0) {
                System.arraycopy(dy.data(), dy.row(b, 0), dx.data(), dx.row(b, chunk.length(b) - 1), x.width());
            }
        }
        return dx;
    }
}
