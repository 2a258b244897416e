package org.ttt4j.kernel;

import java.util.Arrays;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.ttt4j.kernel.LinearAttentionBlock.Rows;

/**
 * Causal linear attention of a batch of sequences, heads in parallel. Blocks end at multiples of
 * {@link LinearAttentionShape#BLOCK} of a sequence's positions: however a text is cut into chunks, results differ by rounding
 * inside one block only. Queries and keys come with their feature map applied. Safe for use by several threads on different
 * states.
 */
public final class FusedLinearAttention implements AutoCloseable {

    /** Multiply-adds that are worth a task of their own: some ten microseconds. */
    private static final long TASK_SIZE = 200_000;

    private static final int BLOCK = LinearAttentionShape.BLOCK;

    private final InnerKernel kernel;
    private final LinearAttentionShape shape;
    private final Workers workers;
    private final ConcurrentLinkedDeque<LinearAttentionBlock> idle = new ConcurrentLinkedDeque<>();

    public FusedLinearAttention(InnerKernel kernel, LinearAttentionShape shape, Workers workers) {
        this.kernel = kernel;
        this.shape = shape;
        this.workers = workers;
    }

    /**
     * A chunk's tokens.
     *
     * @param q what φ gives for the queries, [B, L, C]
     * @param k what φ gives for the keys
     * @param v values
     * @param position of every sequence's first token
     * @param length real tokens of every sequence
     * @param columns L
     */
    public record Tokens(float[] q, float[] k, float[] v, int[] position, int[] length, int columns) {

        int batch() {
            return length.length;
        }

        /** Blocks that a sequence's tokens touch. */
        int blocks(int sequence) {
            int first = position[sequence] % BLOCK;
            return (first + length[sequence] + BLOCK - 1) / BLOCK;
        }

        int start(int sequence, int block) {
            return Math.max(0, block * BLOCK - position[sequence] % BLOCK);
        }

        int end(int sequence, int block) {
            return Math.min(length[sequence], (block + 1) * BLOCK - position[sequence] % BLOCK);
        }
    }

    /**
     * What the way back needs: the tokens and the output, by reference, and the states before every block.
     *
     * @param before per sequence [blocks, H, D, stride]
     * @param normalisers [B, L, H]; null if there are none
     */
    public record Trace(Tokens tokens, float[] out, float[][] before, float[] normalisers) {}

    /** @param state [B, H, D, stride], advanced in place
     * @param out [B, L, C] written; 0 in padding */
    public void forward(Tokens tokens, float[] state, float[] out) {
        run(tokens, state, new Trace(tokens, out, null, normalisers(tokens)));
    }

    /** As {@link #forward}, keeping what {@link #backward} needs. */
    public Trace trace(Tokens tokens, float[] state, float[] out) {
        float[][] before = new float[tokens.batch()][];
        for (int b = 0; b < before.length; b++) {
            before[b] = new float[tokens.blocks(b) * shape.floats()];
        }
        Trace trace = new Trace(tokens, out, before, normalisers(tokens));
        run(tokens, state, trace);
        return trace;
    }

    private float[] normalisers(Tokens tokens) {
        return shape.normalised() ? new float[tokens.batch() * tokens.columns * shape.heads()] : null;
    }

    private void run(Tokens tokens, float[] state, Trace trace) {
        eachHead(tokens, (block, b, h) -> {
            int stateAt = b * shape.floats() + h * shape.headFloats();
            for (int i = 0; i < tokens.blocks(b); i++) {
                if (trace.before != null) {
                    int at = i * shape.floats() + h * shape.headFloats();
                    System.arraycopy(state, stateAt, trace.before[b], at, shape.headFloats());
                }
                block.forward(
                        tokens.q,
                        tokens.k,
                        tokens.v,
                        rows(tokens, b, h, i),
                        state,
                        stateAt,
                        trace.out,
                        trace.normalisers,
                        (b * tokens.columns + tokens.start(b, i)) * shape.heads() + h,
                        shape.heads());
            }
        });
        clearPadding(tokens, trace.out);
    }

    /**
     * The gradients; what earlier chunks left in the state counts as constant.
     *
     * @param dOut [B, L, C]; padding is not read
     * @param dq written, as dk and dv; 0 in padding
     */
    public void backward(Trace trace, float[] dOut, float[] dq, float[] dk, float[] dv) {
        Tokens tokens = trace.tokens;
        eachHead(tokens, (block, b, h) -> {
            float[] dState = new float[shape.headFloats()];
            for (int i = tokens.blocks(b) - 1; i >= 0; i--) {
                block.backward(
                        tokens.q,
                        tokens.k,
                        tokens.v,
                        rows(tokens, b, h, i),
                        trace.before[b],
                        i * shape.floats() + h * shape.headFloats(),
                        dState,
                        0,
                        trace.out,
                        trace.normalisers,
                        (b * tokens.columns + tokens.start(b, i)) * shape.heads() + h,
                        shape.heads(),
                        dOut,
                        dq,
                        dk,
                        dv);
            }
        });
        clearPadding(tokens, dq);
        clearPadding(tokens, dk);
        clearPadding(tokens, dv);
    }

    private Rows rows(Tokens tokens, int b, int h, int block) {
        int channels = shape.heads() * shape.headSize();
        int start = tokens.start(b, block);
        int at = (b * tokens.columns + start) * channels + h * shape.headSize();
        return new Rows(at, tokens.end(b, block) - start, channels);
    }

    private interface Head {
        void run(LinearAttentionBlock block, int sequence, int head);
    }

    /** Sequences and heads, as many of them in a task as are worth one. */
    private void eachHead(Tokens tokens, Head body) {
        int lanes = tokens.batch() * shape.heads();
        int longest = Arrays.stream(tokens.length).max().orElse(0);
        long group = Math.max(1, TASK_SIZE / Math.max(1, longest * shape.work()));
        int tasks = (int) ((lanes + group - 1) / group);
        workers.run(tasks, task -> {
            LinearAttentionBlock block = idle.poll();
            block = block == null ? kernel.linearAttention(shape) : block;
            for (long lane = task * group; lane < Math.min(lanes, (task + 1) * group); lane++) {
                body.run(block, (int) lane / shape.heads(), (int) lane % shape.heads());
            }
            idle.push(block);
        });
    }

    /** Gives back scratch off the heap; no call may be in progress. */
    @Override
    public void close() {
        for (LinearAttentionBlock block = idle.poll(); block != null; block = idle.poll()) {
            block.close();
        }
    }

    private void clearPadding(Tokens tokens, float[] x) {
        int channels = shape.heads() * shape.headSize();
        for (int b = 0; b < tokens.batch(); b++) {
            int first = b * tokens.columns;
            Arrays.fill(x, (first + tokens.length[b]) * channels, (first + tokens.columns) * channels, 0);
        }
    }
}
