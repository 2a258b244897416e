package org.ttt4j.ops;

import java.util.List;
import java.util.function.Supplier;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.ttt4j.param.Param;

/**
 * The operations that layers are composed of. Activations are arrays of the executor's own kind, [B, L, width] in
 * row-major order; no operation changes its inputs. Weights are named by their declarations: the executor holds the
 * values.
 *
 * @param <A> the executor's array type
 */
public interface Ops<A> {

    /** FLOAT or DOUBLE: the precision that everything is computed in. */
    DataType dataType();

    /** Takes a user's array over, converting its type. */
    A in(INDArray x);

    /** Hands an array out; the user may keep and change it. */
    INDArray out(A x);

    /** A copy of a parameter's values. */
    INDArray value(Param p);

    /** Memory for a batch of sequences, at their start. */
    State newState(StateSpec spec, int batch);

    /**
     * Runs the body and takes back the memory of every array that was made in it, but for its result. What the body made must
     * not be used afterwards.
     */
    default <R> R scope(Supplier<R> body) {
        return body.get();
    }

    /**
     * Rows of a table.
     *
     * @param table [V, C]
     * @param ids token ids per sequence; shorter sequences are padded with zero rows
     * @return [B, L, C], L the longest sequence
     */
    A embed(Param table, int[][] ids);

    /** Every linear map of the projection: [B, L, out] each. */
    List<A> project(Projection p, A x);

    /**
     * {@code w ∘ x / √(mean x² + eps)} along the last dimension; in pieces of the weight's length, where that is shorter and
     * divides it (a head's channels, for example).
     */
    A rmsNorm(Param weight, double eps, A x);

    /** {@code w ∘ (x - mean)/√(var + eps) + b} along the last dimension, biased variance. */
    A layerNorm(Param weight, Param bias, double eps, A x);

    /** Every filter of the convolution: [B, L, C] each. Advances the window by the real tokens. */
    List<A> causalConv(Conv conv, A x, Chunk chunk);

    /** Turns pairs of channels by position. */
    A rope(Rope rope, A x, Chunk chunk);

    /** Inner learning rates {@code scale · σ(logits)}. */
    A innerRate(double scale, A logits);

    /**
     * The TTT layer's inner loop: every sequence and head trains its inner model on its tokens and answers the queries.
     * Advances the inner state by the real tokens.
     *
     * @param q queries [B, L, C]
     * @param k keys [B, L, C]
     * @param v values [B, L, C]
     * @param rate inner learning rates [B, L, H], already divided by D
     * @return [B, L, C]: {@code q + LN(f(q; W_t))}; 0 in padding
     */
    A innerLoop(InnerSpec inner, A q, A k, A v, A rate, Chunk chunk);

    /**
     * Causal softmax attention over what the sequence has read, this chunk included. Appends the chunk's real tokens to the
     * cache.
     *
     * @param q queries [B, L, H·D], turned by position
     * @param k keys [B, L, heads of keys and values · D], turned by position
     * @param v values, as k
     * @return [B, L, H·D]; 0 in padding
     */
    A attention(Attention attention, A q, A k, A v, Chunk chunk);

    /**
     * Mamba's recurrence. Advances its state by the real tokens.
     *
     * @param x [B, L, E]
     * @param delta step sizes before the softplus [B, L, E]
     * @param b what enters the states [B, L, S]
     * @param c what leaves the states [B, L, S]
     * @return [B, L, E]; 0 in padding
     */
    A selectiveScan(SelectiveScan scan, A x, A delta, A b, A c, Chunk chunk);

    /**
     * Causal linear attention. Advances its state by the real tokens.
     *
     * @param q queries [B, L, H·D]
     * @param k keys, as q
     * @param v values, as q
     * @return [B, L, H·D]; 0 in padding
     */
    A linearAttention(LinearAttention attention, A q, A k, A v, Chunk chunk);

    /** {@code gelu(gate) ∘ y}, tanh approximation. */
    A geluGate(A gate, A y);

    /** {@code silu(gate) ∘ up}. */
    A swiGlu(A gate, A up);

    /** {@code silu(x) = x σ(x)}. */
    A silu(A x);

    /** The channels of x cut into pieces of the given widths, in order: [B, L, width] each. */
    List<A> split(A x, int... widths);

    /** Sum of two arrays of the same shape. */
    A add(A x, A y);

    /** The last real token of every sequence: [B, 1, width]; zeros where a sequence brings no token. */
    A last(A x, Chunk chunk);

    /**
     * Negative log-likelihood of the targets.
     *
     * @param logits [B, L, V]
     * @param targets [B][at most L]; a negative or missing target counts as no prediction
     * @return [B, L] in nats; 0 where there is no target
     */
    A crossEntropy(A logits, int[][] targets);
}
