package org.ttt4j.attention;

import static org.ttt4j.attention.AttentionShape.BLOCK;
import static org.ttt4j.attention.AttentionShape.SPAN;

import java.util.Arrays;

/** Some queries that meet the same keys, with a thread's scratch. */
final class QueryTile {

    /** The most queries. */
    static final int ROWS = 64;

    private final AttentionShape shape;
    private final AttentionKernel kernel;
    private final float scale;
    private final float[] zero = new float[BLOCK];
    private final float[] q; // [ROWS, D], scaled
    private final int[] visible = new int[ROWS]; // keys that a query sees
    private final float[] scores = new float[ROWS * BLOCK];
    private final PartialSums span;
    private final PartialSums total;
    private int rows;

    QueryTile(AttentionShape shape, boolean vectorised) {
        this.shape = shape;
        kernel = AttentionKernel.of(vectorised, shape);
        scale = scale(shape);
        q = new float[ROWS * shape.headSize()];
        span = new PartialSums(ROWS, shape.width());
        total = new PartialSums(ROWS, shape.width());
    }

    /** Turns {@code q·k} into logarithms to base 2. */
    static float scale(AttentionShape shape) {
        return (float) (1 / (Math.sqrt(shape.headSize()) * Math.log(2)));
    }

    void clear() {
        rows = 0;
        total.clear(ROWS);
    }

    int rows() {
        return rows;
    }

    /** Adds a query. */
    void add(float[] from, int at, int keys) {
        int to = rows * shape.headSize();
        for (int d = 0; d < shape.headSize(); d++) {
            q[to + d] = from[at + d] * scale;
        }
        visible[rows++] = keys;
    }

    /** The most keys that a query sees. */
    private int keys() {
        int most = 0;
        for (int r = 0; r < rows; r++) {
            most = Math.max(most, visible[r]);
        }
        return most;
    }

    /** Spans that hold all keys that a query sees. */
    int spans() {
        return spans(keys());
    }

    static int spans(int keys) {
        return (KeyValueBlocks.blocks(keys) + SPAN - 1) / SPAN;
    }

    /** Sums over the keys of a span, from nothing. */
    void meet(float[][] blocks, int number, PartialSums sums) {
        sums.clear(rows);
        int keys = keys();
        int end = Math.min((number + 1) * SPAN, KeyValueBlocks.blocks(keys));
        for (int i = number * SPAN; i < end; i++) {
            meet(blocks[i], i * BLOCK, Math.min(BLOCK, keys - i * BLOCK), sums);
        }
    }

    private void meet(float[] block, int first, int keys, PartialSums sums) {
        int size = shape.headSize();
        int width = shape.width();
        kernel.product(scores, 0, BLOCK, zero, 0, 0, q, 0, size, 1, block, 0, BLOCK, rows, size, BLOCK);
        hide(scores, visible, rows, first);
        kernel.weigh(scores, rows, sums, width);
        float[] out = sums.out();
        int values = shape.valuesAt();
        kernel.product(out, 0, width, out, 0, width, scores, 0, BLOCK, 1, block, values, width, rows, keys, width);
    }

    /** Takes back the scores of keys that queries do not see. */
    static void hide(float[] scores, int[] visible, int rows, int first) {
        for (int r = 0; r < rows; r++) {
            int seen = Math.max(0, visible[r] - first);
            if (seen < BLOCK) {
                Arrays.fill(scores, r * BLOCK + seen, (r + 1) * BLOCK, Float.NEGATIVE_INFINITY);
            }
        }
    }

    /** Sums over all keys. */
    PartialSums meetAll(float[][] blocks) {
        for (int i = 0; i < spans(); i++) {
            meet(blocks, i, span);
            join(span);
        }
        return total;
    }

    /** Joins sums over a span to those over earlier ones. */
    PartialSums join(PartialSums later) {
        total.add(later, rows, kernel);
        return total;
    }
}
