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

    /** [rows, D], scaled. */
    float[] q() {
        return q;
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
    int keys() {
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
        int size = shape.headSize();
        int end = Math.min((number + 1) * SPAN, KeyValueBlocks.blocks(keys()));
        for (int i = number * SPAN; i < end; i++) {
            kernel.product(scores, 0, BLOCK, zero, 0, 0, q, 0, size, 1, blocks[i], 0, BLOCK, rows, size, BLOCK);
            hide(scores, 0, i * BLOCK);
            kernel.weigh(scores, 0, rows, sums, shape.width());
            addValues(blocks[i], i, scores, 0, sums);
        }
    }

    /** Adds the values of a block by their weights. */
    void addValues(float[] block, int number, float[] weights, int at, PartialSums sums) {
        int width = shape.width();
        int keys = Math.min(BLOCK, keys() - number * BLOCK);
        float[] out = sums.out();
        int values = shape.valuesAt();
        kernel.product(out, 0, width, out, 0, width, weights, at, BLOCK, 1, block, values, width, rows, keys, width);
    }

    /** Takes back the scores of keys, from the given one on, that queries do not see. */
    void hide(float[] ofKeys, int at, int first) {
        hide(ofKeys, at, visible, rows, first);
    }

    /** Takes back the scores of keys that queries do not see. */
    static void hide(float[] scores, int at, int[] visible, int rows, int first) {
        for (int r = 0; r < rows; r++) {
            int seen = Math.max(0, visible[r] - first);
            if (seen < BLOCK) {
                Arrays.fill(scores, at + r * BLOCK + seen, at + (r + 1) * BLOCK, Float.NEGATIVE_INFINITY);
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
