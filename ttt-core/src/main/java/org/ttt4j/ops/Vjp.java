package org.ttt4j.ops;

import java.util.List;
import org.ttt4j.param.Param;

/**
 * The hand-derived gradients of {@link Ops}: each method takes what the operation took, and the gradient of the outer loss
 * at its output; it returns the gradient at its inputs and adds those of parameters to the given gradients. Gradients of
 * parameters are summed in a fixed order.
 *
 * @param <A> the executor's array type
 */
public interface Vjp<A> {

    /** Gradients of two inputs. */
    record Pair<A>(A first, A second) {}

    /** Gradients at queries, keys and values. */
    record Triple<A>(A q, A k, A v) {}

    /** Gradients at the inputs of a selective scan. */
    record ScanInputs<A>(A x, A delta, A b, A c) {}

    /** Gradients at the inputs of the inner loop. */
    record InnerInputs<A>(A q, A k, A v, A rate) {}

    /** What an inner loop that will be walked back gives: its output, and what the way back needs. */
    record Traced<A>(A output, Object trace) {}

    void embed(Param table, int[][] ids, A dy, Gradients<A> gradients);

    A project(Projection p, A x, List<A> dy, Gradients<A> gradients);

    A rmsNorm(Param weight, double eps, A x, A dy, Gradients<A> gradients);

    A layerNorm(Param weight, Param bias, double eps, A x, A dy, Gradients<A> gradients);

    /**
     * @param before the window before the chunk; what it holds counts as constant
     * @param dy one per filter; null where a filter's output was not used
     */
    A causalConv(Conv conv, A x, State before, Chunk chunk, List<A> dy, Gradients<A> gradients);

    A rope(Rope rope, A dy, Chunk chunk);

    /** @param rate the operation's output */
    A innerRate(double scale, A rate, A dy);

    /**
     * The inner loop forward, keeping inner weights every {@code checkpointEvery} mini-batches for the way back.
     *
     * @param checkpointEvery at least 1, or 0 for about √N
     */
    Traced<A> innerLoop(InnerSpec inner, A q, A k, A v, A rate, Chunk chunk, int checkpointEvery);

    /**
     * The inner loop's gradients, second order through its updates. What earlier chunks left in the state counts as
     * constant; a sequence that began in this chunk reaches the learned start weights.
     */
    InnerInputs<A> innerLoop(InnerSpec inner, Object trace, A dy, Gradients<A> gradients);

    /** Attention forward, keeping what the way back needs. */
    Traced<A> attention(Attention attention, A q, A k, A v, Chunk chunk);

    /** Attention's gradients; what earlier chunks left in the cache counts as constant. */
    Triple<A> attention(Attention attention, Object trace, A dy);

    /** The scan forward, keeping what the way back needs. */
    Traced<A> selectiveScan(SelectiveScan scan, A x, A delta, A b, A c, Chunk chunk);

    /** The scan's gradients; what earlier chunks left in the state counts as constant. */
    ScanInputs<A> selectiveScan(SelectiveScan scan, Object trace, A dy, Gradients<A> gradients);

    /** Linear attention forward, keeping what the way back needs. */
    Traced<A> linearAttention(LinearAttention attention, A q, A k, A v, Chunk chunk);

    /** Linear attention's gradients; what earlier chunks left in the state counts as constant. */
    Triple<A> linearAttention(LinearAttention attention, Object trace, A dy);

    A silu(A x, A dy);

    /** @param dy one per piece; null where a piece was not used */
    A split(A x, List<A> dy, int... widths);

    Pair<A> geluGate(A gate, A y, A dOut);

    Pair<A> swiGlu(A gate, A up, A dOut);

    A last(A x, Chunk chunk, A dy);

    A crossEntropy(A logits, int[][] targets, A dy);
}
