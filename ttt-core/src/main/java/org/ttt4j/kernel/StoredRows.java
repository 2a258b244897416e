package org.ttt4j.kernel;

import org.ttt4j.tensor.TttException;

/**
 * The rows that a sequence keeps of its unfinished mini-batch, for all heads, with room for R =
 * {@link InnerShape#rowLimit} of them; those beyond the count are 0.
 *
 * @param count the number of tokens kept
 * @param K [H, R, D] keys
 * @param E1 [H, R, F] inner gradient at the first layer's output times the token's rate
 * @param X2 [H, R, F] input of the second layer; empty for the linear model
 * @param E2 [H, R, D] as E1, of the second layer; empty for the linear model
 */
public record StoredRows(int count, float[] K, float[] E1, float[] X2, float[] E2) {

    static StoredRows zeros(InnerShape s, int count) {
        int rows = s.heads() * s.rowLimit();
        int deep = s.deep() ? rows : 0;
        return new StoredRows(
                count,
                new float[rows * s.headSize()],
                new float[rows * s.innerWidth()],
                new float[deep * s.innerWidth()],
                new float[deep * s.headSize()]);
    }

    void check(InnerShape s) {
        int rows = s.heads() * s.rowLimit();
        int deep = s.deep() ? rows : 0;
        FastWeights.requireLength("rows K", K, rows * s.headSize());
        FastWeights.requireLength("rows E1", E1, rows * s.innerWidth());
        FastWeights.requireLength("rows X2", X2, deep * s.innerWidth());
        FastWeights.requireLength("rows E2", E2, deep * s.headSize());
        if (count < 0 || count >= s.rowLimit()) {
            throw TttException.mismatch("stored rows", "0 .. " + (s.rowLimit() - 1), count);
        }
    }

    float[][] parts() {
        return new float[][] {K, E1, X2, E2};
    }
}
