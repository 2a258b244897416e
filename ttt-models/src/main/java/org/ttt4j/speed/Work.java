package org.ttt4j.speed;

import java.util.Arrays;
import java.util.Collection;
import org.ttt4j.lm.CausalLM;
import org.ttt4j.matrix.WeightType;
import org.ttt4j.ops.Chunk;
import org.ttt4j.ops.Projection;
import org.ttt4j.ops.SequenceState;
import org.ttt4j.param.Param;

/**
 * What one forward pass takes, counted from the model's composition, without running it.
 *
 * <p>Operations are twice the multiply-adds of the projections, of the head where logits are asked for, of the inner loop
 * (its products, see {@link InnerWork}), of attention (every query with every key and value that it sees), and of Mamba's recurrence and linear attention. Bytes are the
 * weights of the projections and the head, read once; per token the inner weights, read, and the rows of the unfinished
 * mini-batch, written; and the keys and values of all that was read, or a recurrence's state, once. Norms, activations, convolutions, the embedding and
 * whatever is computed a second time count as nothing. An inner model of a user's own counts its bytes only.
 *
 * @param flops floating-point operations
 * @param bytes that a pass must move
 */
public record Work(long flops, long bytes) {

    /**
     * The work of reading L tokens of each of B sequences, from the start of an inner mini-batch.
     *
     * @param batch B
     * @param position tokens that every sequence has read before
     * @param length L
     * @param weights how the executor keeps its matrices
     */
    public static Work forward(CausalLM lm, int batch, int position, int length, Logits logits, WeightType weights) {
        WorkCounter counter = count(lm, batch, position, length, logits);
        return new Work(counter.flops(), counter.bytes(weights));
    }

    /** The same at the start of every sequence. */
    public static Work forward(CausalLM lm, int batch, int length, Logits logits, WeightType weights) {
        return forward(lm, batch, 0, length, logits, weights);
    }

    /** The work of a training step on B sequences of L tokens: forward, and twice as much backward. */
    public static Work training(CausalLM lm, int batch, int length, WeightType weights) {
        Work forward = forward(lm, batch, length, Logits.ALL, weights);
        return new Work(3 * forward.flops, 3 * forward.bytes);
    }

    /** Bytes of a projection's weights. Those of the inner learning rate, a stack of vectors, are float32 always. */
    static long bytes(Param p, WeightType type) {
        long inputs = p.shape()[p.shape().length - 1];
        return switch (p.shape().length == 2 ? type : WeightType.FLOAT32) {
            case FLOAT32 -> p.count() * Float.BYTES;
            case BFLOAT16 -> p.count() * Short.BYTES;
            case Q8_0 -> {
                long scales = (inputs + WeightType.BLOCK - 1) / WeightType.BLOCK;
                yield p.count() / inputs * (inputs + scales * Float.BYTES);
            }
        };
    }

    /** The projections of the model, the head too, in the order of their first use. */
    static Collection<Projection> projections(CausalLM lm) {
        return count(lm, 1, 0, 1, Logits.ALL).projections();
    }

    private static WorkCounter count(CausalLM lm, int batch, int position, int length, Logits logits) {
        WorkCounter counter = new WorkCounter();
        SequenceState state = SequenceState.create(counter, lm.states(), batch);
        int[] lengths = new int[batch];
        Arrays.fill(lengths, position);
        state.chunk(lengths).finish();
        Arrays.fill(lengths, length);
        Chunk chunk = state.chunk(lengths);
        WorkCounter.Extent hidden = lm.hidden(counter, new int[batch][length], chunk);
        lm.logits(counter, logits == Logits.ALL ? hidden : counter.last(hidden, chunk));
        return counter;
    }
}
