package org.ttt4j.host;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.ttt4j.ops.Chunk;
import org.ttt4j.ops.Rope;

/** Rotary embedding on interleaved pairs of channels. Keeps the cosines and sines of the positions met so far. */
final class RopeKernels {

    private final RowBlocks blocks;
    private final Map<Rope, Table> tables = new ConcurrentHashMap<>();

    RopeKernels(RowBlocks blocks) {
        this.blocks = blocks;
    }

    /** Cosines and sines, [positions, D/2] each. */
    private record Table(int positions, float[] cos, float[] sin) {

        static Table of(Rope rope, int positions) {
            int pairs = rope.headSize() / 2;
            Table table = new Table(positions, new float[positions * pairs], new float[positions * pairs]);
            for (int i = 0; i < table.cos.length; i++) {
                double angle = i / pairs * Math.pow(rope.theta(), -2.0 * (i % pairs) / rope.headSize());
                table.cos[i] = (float) Math.cos(angle);
                table.sin[i] = (float) Math.sin(angle);
            }
            return table;
        }
    }

    /** @param direction 1 to turn, -1 to turn back, which is the gradient */
    HostArray turn(Rope rope, HostArray x, Chunk chunk, float direction) {
        x.requireTokens("input of the rotary embedding", chunk.batch(), rope.heads() * rope.headSize());
        HostArray y = HostArray.zeros(x.shape());
        int columns = x.shape()[1];
        Table table = table(rope, chunk, columns);
        blocks.run(x.rows(), x.width(), (from, to) -> {
            for (int r = from; r < to; r++) {
                long position = chunk.position(r / columns) + (long) (r % columns);
                turn(table, (int) (position % rope.period()), direction, x.data(), y.data(), r * x.width(), rope);
            }
        });
        return y;
    }

    private static void turn(Table table, int position, float direction, float[] x, float[] y, int at, Rope rope) {
        int pairs = rope.headSize() / 2;
        int first = position * pairs;
        for (int head = at; head < at + rope.heads() * rope.headSize(); head += rope.headSize()) {
            for (int i = 0; i < pairs; i++) {
                float cos = table.cos[first + i];
                float sin = direction * table.sin[first + i];
                float a = x[head + 2 * i];
                float b = x[head + 2 * i + 1];
                y[head + 2 * i] = a * cos - b * sin;
                y[head + 2 * i + 1] = a * sin + b * cos;
            }
        }
    }

    private Table table(Rope rope, Chunk chunk, int columns) {
        long last = 0;
        for (int b = 0; b < chunk.batch(); b++) {
            last = Math.max(last, chunk.position(b) + (long) columns);
        }
        int needed = (int) Math.min(rope.period(), last);
        return tables.compute(
                rope,
                (r, old) -> old != null && old.positions >= needed
                        ? old
                        : Table.of(rope, (int) Math.min(rope.period(), 2L * needed)));
    }
}
