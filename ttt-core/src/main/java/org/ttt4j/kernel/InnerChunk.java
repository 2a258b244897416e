package org.ttt4j.kernel;

import org.ttt4j.tensor.TttException;

/**
 * The tokens of a batch of sequences that the inner loop is to see next. Head h owns channels hD .. hD+D-1. Tokens beyond a
 * sequence's length are padding: they are never read.
 *
 * @param q [B, L, C] XQ, after convolution and rotary embedding
 * @param k [B, L, C] XK, likewise
 * @param v [B, L, C] XV
 * @param rate [B, L, H] inner learning rate of each token
 * @param position [B] tokens that each sequence has seen before
 * @param length [B] tokens of each sequence in this chunk, 0 .. L
 * @param columns L
 */
public record InnerChunk(float[] q, float[] k, float[] v, float[] rate, int[] position, int[] length, int columns) {

    int batch() {
        return position.length;
    }

    void check(InnerShape s) {
        int tokens = batch() * columns;
        FastWeights.requireLength("q", q, tokens * s.channels());
        FastWeights.requireLength("k", k, tokens * s.channels());
        FastWeights.requireLength("v", v, tokens * s.channels());
        FastWeights.requireLength("rate", rate, tokens * s.heads());
        if (length.length != batch()) {
            throw TttException.mismatch("length", batch() + " values", length.length);
        }
        for (int b = 0; b < batch(); b++) {
            if (length[b] < 0 || length[b] > columns) {
                throw TttException.mismatch("length[" + b + "]", "0 .. " + columns, length[b]);
            }
            if (position[b] < 0) {
                throw TttException.mismatch("position[" + b + "]", "at least 0", position[b]);
            }
        }
    }
}
