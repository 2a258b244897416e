package org.ttt4j.attention;

import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.ttt4j.kernel.Workers;

/**
 * Attention backward. Weights are computed again, block by block, from queries, keys and the softmax's denominators. Each
 * query head of a sequence is one task; heads that share keys and values then add up their gradients in order.
 */
public final class FlashGradient {

    private final AttentionShape shape;
    private final Workers workers;
    private final boolean vectorised;
    private final Queue<GradientHead> idle = new ConcurrentLinkedQueue<>();

    /** @param vectorised whether to use the Vector API, if it is there */
    public FlashGradient(AttentionShape shape, Workers workers, boolean vectorised) {
        this.shape = shape;
        this.workers = workers;
        this.vectorised = vectorised;
    }

    /**
     * Writes the gradients at the call's queries, keys and values, each of its own shape; 0 in padding. Keys and values of
     * earlier calls are constant.
     *
     * @param dOut [B, columns, H·D]
     */
    public void backward(AttentionTrace trace, float[] dOut, float[] dq, float[] dk, float[] dv) {
        AttentionTokens tokens = trace.tokens();
        Arrays.fill(dq, 0);
        Arrays.fill(dk, 0);
        Arrays.fill(dv, 0);
        float[][] dKeys = new float[tokens.batch() * shape.heads()][];
        float[][] dValues = new float[dKeys.length][];
        workers.run(dKeys.length, i -> {
            int sequence = i / shape.heads();
            int floats = tokens.lengths()[sequence] * shape.width();
            dKeys[i] = new float[floats];
            dValues[i] = new float[floats];
            if (floats > 0) {
                GradientHead known = idle.poll();
                GradientHead head = known == null ? new GradientHead(shape, vectorised) : known;
                head.backward(trace, dOut, sequence, i % shape.heads(), dq, dKeys[i], dValues[i]);
                idle.add(head);
            }
        });
        workers.run(tokens.batch() * shape.keyValueHeads(), lane -> {
            for (int g = 0; g < shape.group(); g++) {
                addRows(dKeys[lane * shape.group() + g], tokens, lane, dk);
                addRows(dValues[lane * shape.group() + g], tokens, lane, dv);
            }
        });
    }

    /** Adds rows of a head, [length, width], where they belong. */
    private void addRows(float[] rows, AttentionTokens tokens, int lane, float[] to) {
        int sequence = lane / shape.keyValueHeads();
        int head = lane % shape.keyValueHeads();
        for (int t = 0; t < tokens.lengths()[sequence]; t++) {
            int at = tokens.row(sequence, t) * shape.keyWidth() + head * shape.headSize();
            for (int d = 0; d < shape.headSize(); d++) {
                to[at + d] += rows[t * shape.width() + d];
            }
        }
    }
}
