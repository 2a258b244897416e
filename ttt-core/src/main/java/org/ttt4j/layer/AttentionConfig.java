package org.ttt4j.layer;

import org.ttt4j.ops.Linear;
import org.ttt4j.ops.Projection;
import org.ttt4j.param.Init;
import org.ttt4j.param.Param;
import org.ttt4j.tensor.TttException;

/**
 * Sizes and options of a {@link CausalSelfAttention} or a {@link LinearAttentionLayer}, and the projections that both have.
 *
 * @param hidden C
 * @param heads H, query heads
 * @param keyValueHeads heads of keys and values, a divisor of H
 * @param headSize D, even
 * @param ropeTheta base of the rotary angles
 * @param bias whether the four projections have biases
 * @param initStd standard deviation of initial weights
 */
public record AttentionConfig(
        int hidden, int heads, int keyValueHeads, int headSize, double ropeTheta, boolean bias, double initStd) {

    /**
     * Checks that the sizes fit.
     *
     * @throws TttException naming what does not
     */
    public AttentionConfig {
        if (hidden < 1 || heads < 1) {
            throw TttException.mismatch("sizes of attention", "at least 1", hidden + " channels, " + heads + " heads");
        }
        if (keyValueHeads < 1 || heads % keyValueHeads != 0) {
            throw TttException.mismatch("key-value heads", "a divisor of " + heads + " heads", keyValueHeads);
        }
        if (headSize < 1 || headSize % 2 != 0) {
            throw TttException.mismatch("head size of attention", "an even number, at least 2", headSize);
        }
    }

    /** As Llama has it: heads of C/H channels, each with keys and values of its own, no biases. */
    public static AttentionConfig of(int hidden, int heads) {
        if (heads < 1 || hidden % heads != 0) {
            throw TttException.mismatch("heads", "a divisor of " + hidden, heads);
        }
        return new AttentionConfig(hidden, heads, heads, hidden / heads, 10_000, false, 0.02);
    }

    /** Query heads share keys and values in groups. */
    public AttentionConfig withKeyValueHeads(int n) {
        return new AttentionConfig(hidden, heads, n, headSize, ropeTheta, bias, initStd);
    }

    public AttentionConfig withRopeTheta(double theta) {
        return new AttentionConfig(hidden, heads, keyValueHeads, headSize, theta, bias, initStd);
    }

    public AttentionConfig withBias() {
        return new AttentionConfig(hidden, heads, keyValueHeads, headSize, ropeTheta, true, initStd);
    }

    public AttentionConfig withInitStd(double std) {
        return new AttentionConfig(hidden, heads, keyValueHeads, headSize, ropeTheta, bias, std);
    }

    /** Declares the maps to queries [H D, C], keys and values. */
    Projection inputs(String prefix) {
        int keys = keyValueHeads * headSize;
        return Projection.of(
                linear(prefix + "q_proj", heads * headSize, hidden),
                linear(prefix + "k_proj", keys, hidden),
                linear(prefix + "v_proj", keys, hidden));
    }

    /** Declares the map [C, H D] of what the heads found. */
    Projection output(String prefix) {
        return Projection.of(linear(prefix + "o_proj", hidden, heads * headSize));
    }

    private Linear linear(String key, int out, int in) {
        Param weight = new Param(key + ".weight", Init.normal(initStd), out, in);
        return new Linear(weight, bias ? new Param(key + ".bias", Init.zeros(), out) : null);
    }
}
