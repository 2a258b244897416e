package org.ttt4j.kernel;

/**
 * What the inner loop needs besides tokens and state.
 *
 * @param gamma [H, D] scale of the inner LayerNorm
 * @param beta [H, D] shift of the inner LayerNorm
 * @param a [K] position factor of a token at each place of the mini-batch: max(0, 1/j + learned_j), j = 1..K
 */
public record InnerWeights(float[] gamma, float[] beta, float[] a) {

    void check(InnerShape s) {
        FastWeights.requireLength("gamma", gamma, s.channels());
        FastWeights.requireLength("beta", beta, s.channels());
        FastWeights.requireLength("a", a, s.miniBatch());
    }
}
