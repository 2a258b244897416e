package org.ttt4j.kernel;

/**
 * Where the backward of the inner loop puts its results: gradients of the tokens are written (padding gets 0), those of
 * parameters are added.
 *
 * @param q [B, L, C] written
 * @param k [B, L, C] written
 * @param v [B, L, C] written
 * @param rate [B, L, H] written
 * @param gamma [H, D] added to
 * @param beta [H, D] added to
 * @param a [K] added to
 * @param start the learned start weights, added to; sequences that were under way before the chunk contribute nothing
 */
public record InnerGradients(
        float[] q, float[] k, float[] v, float[] rate, float[] gamma, float[] beta, float[] a, FastWeights start) {

    void check(InnerShape s, int tokens) {
        FastWeights.requireLength("dq", q, tokens * s.channels());
        FastWeights.requireLength("dk", k, tokens * s.channels());
        FastWeights.requireLength("dv", v, tokens * s.channels());
        FastWeights.requireLength("drate", rate, tokens * s.heads());
        FastWeights.requireLength("dgamma", gamma, s.channels());
        FastWeights.requireLength("dbeta", beta, s.channels());
        FastWeights.requireLength("da", a, s.miniBatch());
        start.check(s);
    }
}
