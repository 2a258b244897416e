package org.ttt4j.host;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.ttt4j.ops.Chunk;
import org.ttt4j.ops.Rope;
import org.ttt4j.rows.LinearRows;

/** Rotary embedding. Keeps the cosines and sines of the positions met so far. */
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

    /** Cosines and sines as {@link LinearRows} wants them, [positions, width] each. */
    private record Table(int positions, int width, float[] cos, float[] sin) {

        static Table none(Rope rope) {
            int half = rope.headSize() / 2;
            return new Table(0, rope.pairs() == Rope.Pairs.HALVES ? half : 2 * half, new float[0], new float[0]);
        }

        Table extended(Rope rope, int to) {
            int floats = Math.multiplyExact(to, width);
            Table table = new Table(to, width, Arrays.copyOf(cos, floats), Arrays.copyOf(sin, floats));
            int half = rope.headSize() / 2;
            for (int pair = 0; pair < half; pair++) {
                double frequency = Math.pow(rope.theta(), -(double) pair / half);
                for (int p = positions; p < to; p++) {
                    table.set(rope.pairs(), p * width, pair, p * frequency);
                }
            }
            return table;
        }

        private void set(Rope.Pairs pairs, int at, int pair, double angle) {
            float c = (float) Math.cos(angle);
            float s = (float) Math.sin(angle);
            if (pairs == Rope.Pairs.HALVES) {
                cos[at + pair] = c;
                sin[at + pair] = s;
            } else {
                cos[at + 2 * pair] = c;
                cos[at + 2 * pair + 1] = c;
                sin[at + 2 * pair] = -s;
                sin[at + 2 * pair + 1] = s;
            }
        }
    }

    /** @param direction 1 to turn, -1 to turn back, which is the gradient */
    HostArray turn(Rope rope, HostArray x, Chunk chunk, float direction) {
        x.requireTokens("input of the rotary embedding", chunk.batch(), rope.heads() * rope.headSize());
        HostArray y = arena.array(x.shape());
        int columns = x.shape()[1];
        Table table = table(rope, chunk, columns);
        blocks.run(x.rows(), x.width(), (from, to) -> {
            for (int r = from; r < to; r++) {
                long position = chunk.position(r / columns) + (long) (r % columns);
                int at = (int) (position % rope.period()) * table.width;
                turn(rope, table, at, direction, x.data(), y.data(), r * x.width());
            }
        });
        return y;
    }

    private void turn(Rope rope, Table table, int tableAt, float direction, float[] x, float[] y, int at) {
        if (rope.pairs() == Rope.Pairs.HALVES) {
            linear.turnHalves(table.cos, table.sin, tableAt, direction, x, y, at, rope.heads(), rope.headSize());
        } else {
            linear.turn(table.cos, table.sin, tableAt, direction, x, y, at, rope.heads(), rope.headSize());
        }
    }

    private Table table(Rope rope, Chunk chunk, int columns) {
        long last = 0;
        for (int b = 0; b < chunk.batch(); b++) {
            last = Math.max(last, chunk.position(b) + (long) columns);
        }
        int needed = (int) Math.min(rope.period(), last);
        Table known = tables.computeIfAbsent(rope, Table::none);
        if (known.positions >= needed) {
            return known;
        }
        int most = (int) Math.min(rope.period(), Math.max(needed, 2L * known.positions));
        Table table = known.extended(rope, most);
        return tables.merge(rope, table, (a, b) -> a.positions >= b.positions ? a : b);
    }
}
