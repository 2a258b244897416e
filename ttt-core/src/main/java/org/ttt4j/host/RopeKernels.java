package org.ttt4j.host;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.ttt4j.ops.Chunk;
import org.ttt4j.ops.Rope;
import org.ttt4j.rows.LinearRows;

/** Rotary embedding on interleaved pairs of channels. Keeps the cosines and sines of the positions met so far. */
final class RopeKernels {

    private final RowBlocks blocks;
    private final Arena arena;
    private final LinearRows linear;
    private final Map<Rope, Table> tables = new ConcurrentHashMap<>();

    RopeKernels(RowBlocks blocks, Arena arena, LinearRows linear) {
        this.blocks = blocks;
        this.arena = arena;
        this.linear = linear;
    }

    /** Cosines and sines as {@link LinearRows#turn} wants them, [positions, D] each. */
    private record Table(int positions, float[] cos, float[] sin) {

        static Table of(Rope rope, int positions) {
            int size = rope.headSize();
            Table table = new Table(positions, new float[positions * size], new float[positions * size]);
            for (int i = 0; i < positions * size; i += 2) {
                double angle = i / size * Math.pow(rope.theta(), -(double) (i % size) / size);
                table.cos[i] = (float) Math.cos(angle);
                table.cos[i + 1] = table.cos[i];
                table.sin[i + 1] = (float) Math.sin(angle);
                table.sin[i] = -table.sin[i + 1];
            }
            return table;
        }
    }

    /** @param direction 1 to turn, -1 to turn back, which is the gradient */
    HostArray turn(Rope rope, HostArray x, Chunk chunk, float direction) {
        int size = rope.headSize();
        x.requireTokens("input of the rotary embedding", chunk.batch(), rope.heads() * size);
        HostArray y = arena.array(x.shape());
        int columns = x.shape()[1];
        Table table = table(rope, chunk, columns);
        blocks.run(x.rows(), x.width(), (from, to) -> {
            for (int r = from; r < to; r++) {
                long position = chunk.position(r / columns) + (long) (r % columns);
                int at = (int) (position % rope.period()) * size;
                linear.turn(table.cos, table.sin, at, direction, x.data(), y.data(), r * x.width(), rope.heads(), size);
            }
        });
        return y;
    }

    private Table table(Rope rope, Chunk chunk, int columns) {
        long last = 0;
        for (int b = 0; b < chunk.batch(); b++) {
            last = Math.max(last, chunk.position(b) + (long) columns);
        }
        int needed = (int) Math.min(rope.period(), last);
        Table known = tables.get(rope);
        if (known != null && known.positions >= needed) {
            return known;
        }
        Table table = Table.of(rope, (int) Math.min(rope.period(), 2L * needed));
        return tables.merge(rope, table, (a, b) -> a.positions >= b.positions ? a : b);
    }
}
