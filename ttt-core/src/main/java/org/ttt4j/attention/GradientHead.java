package org.ttt4j.attention;

import static org.ttt4j.attention.AttentionShape.BLOCK;

import java.util.Arrays;

/** The gradients of one query head of one sequence, with a thread's scratch. Rows are padded to {@link AttentionShape#width}. */
final class GradientHead {

    private final AttentionShape shape;
    private final AttentionKernel kernel;
    private final int size;
    private final int width;
    private final float scale;
    private final float[] zero = new float[BLOCK];
    private final float[] scores = new float[BLOCK * BLOCK];
    private final float[] dScores = new float[BLOCK * BLOCK];
    private final int[] visible = new int[BLOCK];
    private final float[] keys; // of a block by token, [BLOCK, width]
    private final float[] values; // of a block by channel, [D, BLOCK]
    private final float[] dKeys; // of a block, [BLOCK, width]
    private final float[] dValues; // of a block, [BLOCK, width]
    private float[] q = {}; // all queries, scaled, [length, width]
    private float[] dOut = {}; // [length, width]
    private float[] dQ = {}; // [length, width]
    private float[] dot = {}; // dOut·out of every query
    private float[] logSums = {};

    GradientHead(AttentionShape shape, boolean vectorised) {
        this.shape = shape;
        kernel = AttentionKernel.of(vectorised, shape);
        size = shape.headSize();
        width = shape.width();
        scale = QueryTile.scale(shape);
        keys = new float[BLOCK * width];
        values = new float[size * BLOCK];
        dKeys = new float[BLOCK * width];
        dValues = new float[BLOCK * width];
    }

    /**
     * @param dq [B, columns, H·D]; this head's part is written
     * @param dk gradient at the call's keys, [length, width]
     * @param dv gradient at the call's values, [length, width]
     */
    void backward(AttentionTrace trace, float[] dY, int sequence, int head, float[] dq, float[] dk, float[] dv) {
        AttentionTokens tokens = trace.tokens();
        int length = tokens.lengths()[sequence];
        int position = tokens.positions()[sequence];
        read(trace, dY, sequence, head, length);
        float[][] blocks = trace.blocks()[sequence * shape.keyValueHeads() + head / shape.group()];
        for (int i = 0; i < KeyValueBlocks.blocks(position + length); i++) {
            block(blocks[i], i * BLOCK, position, length);
            addKeys(i * BLOCK - position, length, dk, dv);
        }
        float back = (float) (1 / Math.sqrt(size));
        for (int t = 0; t < length; t++) {
            int to = at(tokens, sequence, head, t);
            for (int d = 0; d < size; d++) {
                dq[to + d] = dQ[t * width + d] * back;
            }
        }
    }

    private int at(AttentionTokens tokens, int sequence, int head, int token) {
        return tokens.row(sequence, token) * shape.queryWidth() + head * size;
    }

    private void read(AttentionTrace trace, float[] dY, int sequence, int head, int length) {
        AttentionTokens tokens = trace.tokens();
        if (dot.length < length) {
            q = new float[length * width];
            dOut = new float[length * width];
            dQ = new float[length * width];
            dot = new float[length];
            logSums = new float[length];
        }
        Arrays.fill(dQ, 0, length * width, 0);
        int sums = (sequence * shape.heads() + head) * tokens.columns();
        System.arraycopy(trace.logSums(), sums, logSums, 0, length);
        for (int t = 0; t < length; t++) {
            int from = at(tokens, sequence, head, t);
            float sum = 0;
            for (int d = 0; d < size; d++) {
                q[t * width + d] = tokens.q()[from + d] * scale;
                dOut[t * width + d] = dY[from + d];
                sum += dY[from + d] * trace.out()[from + d];
            }
            dot[t] = sum;
        }
    }

    /** All queries that see keys of a block. */
    private void block(float[] block, int first, int position, int length) {
        Arrays.fill(dKeys, 0);
        Arrays.fill(dValues, 0);
        for (int j = 0; j < BLOCK; j++) {
            for (int d = 0; d < size; d++) {
                keys[j * width + d] = block[d * BLOCK + j];
                values[d * BLOCK + j] = block[shape.valuesAt() + j * width + d];
            }
        }
        int from = Math.max(0, first - position);
        while (from < length) {
            int to = Math.min(length, from + BLOCK - (position + from) % BLOCK);
            for (int t = from; t < to; t++) {
                visible[t - from] = position + t + 1;
            }
            tile(block, first, from, to - from);
            from = to;
        }
    }

    private void tile(float[] block, int first, int from, int rows) {
        int at = from * width;
        kernel.product(scores, 0, BLOCK, zero, 0, 0, q, at, width, 1, block, 0, BLOCK, rows, size, BLOCK);
        QueryTile.hide(scores, 0, visible, rows, first);
        kernel.product(dScores, 0, BLOCK, zero, 0, 0, dOut, at, width, 1, values, 0, BLOCK, rows, size, BLOCK);
        kernel.unweigh(scores, dScores, rows, logSums, dot, from);
        kernel.product(dQ, at, width, dQ, at, width, dScores, 0, BLOCK, 1, keys, 0, width, rows, BLOCK, width);
        kernel.product(dValues, 0, width, dValues, 0, width, scores, 0, 1, BLOCK, dOut, at, width, BLOCK, rows, width);
        kernel.product(dKeys, 0, width, dKeys, 0, width, dScores, 0, 1, BLOCK, q, at, width, BLOCK, rows, width);
    }

    /** Keeps the block's gradients of the call's own tokens, of which the block's first is the given one. */
    private void addKeys(int token, int length, float[] dk, float[] dv) {
        float natural = (float) Math.log(2); // the queries were scaled for logarithms to base 2
        for (int j = Math.max(0, -token); j < BLOCK && token + j < length; j++) {
            int to = (token + j) * width;
            for (int d = 0; d < width; d++) {
                dk[to + d] = dKeys[j * width + d] * natural;
                dv[to + d] = dValues[j * width + d];
            }
        }
    }
}
