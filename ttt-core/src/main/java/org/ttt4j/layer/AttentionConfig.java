package org.ttt4j.layer;

import org.ttt4j.tensor.TttException;

/**
 * Sizes and options of a {@link CausalSelfAttention}.
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

    public AttentionConfig {
        if (hidden < 1 || heads < 1) {
            throw TttException.mismatch("sizes of attention", "at least 1", hidden + " channels, " + heads + " heads");
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
}
