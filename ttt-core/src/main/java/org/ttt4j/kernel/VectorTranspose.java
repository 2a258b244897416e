package org.ttt4j.kernel;

import static jdk.incubator.vector.FloatVector.fromArray;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Transposition in registers, a square of as many rows as a vector has lanes at a time: each of log2(LANES) rounds exchanges
 * lanes of rows that lie some power of two apart. What is left over at the edges is moved value by value.
 */
public final class VectorTranspose {

    private static final VectorSpecies<Float> SPECIES = VectorBlocks.SPECIES;
    private static final int LANES = VectorBlocks.LANES;

    /** Lanes whose number has that bit, and the exchange of lanes that differ in it. */
    private static final VectorMask<Float> HAS_1 = has(1);

    private static final VectorMask<Float> HAS_2 = has(2);
    private static final VectorMask<Float> HAS_4 = has(4);
    private static final VectorMask<Float> HAS_8 = has(8);
    private static final VectorShuffle<Float> BY_1 = by(1);
    private static final VectorShuffle<Float> BY_2 = by(2);
    private static final VectorShuffle<Float> BY_4 = by(4);
    private static final VectorShuffle<Float> BY_8 = by(8);

    private VectorTranspose() {}

    static VectorMask<Float> has(int bit) {
        long lanes = 0;
        for (int l = 0; l < LANES; l++) {
            lanes |= (l & bit) != 0 ? 1L << l : 0;
        }
        return VectorMask.fromLong(SPECIES, lanes);
    }

    static VectorShuffle<Float> by(int bit) {
        return VectorShuffle.fromOp(SPECIES, l -> bit < LANES ? l ^ bit : l);
    }

    /** {@code T[t+j][i] = scale W[w+i][j]} for rows x columns. */
    static void transpose(FlatMatrix T, int t, float scale, FlatMatrix W, int w, int rows, int columns) {
        transpose(T.array(), T.row(t), T.stride(), scale, W.array(), W.row(w), W.stride(), rows, columns);
    }

    /** {@code T[t + j lt + i] = scale W[w + i lw + j]} for i below rows and j below columns. */
    public static void transpose(
            float[] T, int t, int lt, float scale, float[] W, int w, int lw, int rows, int columns) {
        int wholeRows = LANES >= 8 ? rows - rows % LANES : 0;
        int wholeColumns = LANES >= 8 ? columns - columns % LANES : 0;
        for (int i = 0; i < wholeRows; i += LANES) {
            for (int j = 0; j < wholeColumns; j += LANES) {
                square(T, t + j * lt + i, lt, scale, W, w + i * lw + j, lw);
            }
        }
        edge(T, t, lt, scale, W, w, lw, 0, wholeRows, wholeColumns, columns);
        edge(T, t, lt, scale, W, w, lw, wholeRows, rows, 0, columns);
    }

    private static void square(float[] T, int t, int lt, float scale, float[] W, int w, int lw) {
        if (LANES == 16) {
            sixteen(T, t, lt, scale, W, w, lw);
        } else {
            eight(T, t, lt, scale, W, w, lw);
        }
    }

    /** Four columns at a time: their rows of T are written from left to right. */
    private static void edge(
            float[] T,
            int t,
            int lt,
            float scale,
            float[] W,
            int w,
            int lw,
            int firstRow,
            int rows,
            int firstColumn,
            int columns) {
        int j = firstColumn;
        for (; j + 4 <= columns && firstRow < rows; j += 4) {
            four(T, t + j * lt, lt, scale, W, w + j, lw, firstRow, rows);
        }
        for (; j < columns; j++) {
            for (int i = firstRow; i < rows; i++) {
                T[t + j * lt + i] = scale * W[w + i * lw + j];
            }
        }
    }

    private static void four(float[] T, int t0, int lt, float scale, float[] W, int w, int lw, int firstRow, int rows) {
        int t1 = t0 + lt;
        int t2 = t1 + lt;
        int t3 = t2 + lt;
        int from = w + firstRow * lw;
        for (int i = firstRow; i < rows; i++) {
            T[t0 + i] = scale * W[from];
            T[t1 + i] = scale * W[from + 1];
            T[t2 + i] = scale * W[from + 2];
            T[t3 + i] = scale * W[from + 3];
            from += lw;
        }
    }

    private static void eight(float[] T, int t, int lt, float scale, float[] W, int w, int lw) {
        FloatVector v0 = fromArray(SPECIES, W, w);
        FloatVector v1 = fromArray(SPECIES, W, w + lw);
        FloatVector v2 = fromArray(SPECIES, W, w + 2 * lw);
        FloatVector v3 = fromArray(SPECIES, W, w + 3 * lw);
        FloatVector v4 = fromArray(SPECIES, W, w + 4 * lw);
        FloatVector v5 = fromArray(SPECIES, W, w + 5 * lw);
        FloatVector v6 = fromArray(SPECIES, W, w + 6 * lw);
        FloatVector v7 = fromArray(SPECIES, W, w + 7 * lw);
        FloatVector x;
        x = v4.blend(v0, HAS_4).rearrange(BY_4);
        v4 = x.blend(v4, HAS_4);
        v0 = v0.blend(x, HAS_4);
        x = v5.blend(v1, HAS_4).rearrange(BY_4);
        v5 = x.blend(v5, HAS_4);
        v1 = v1.blend(x, HAS_4);
        x = v6.blend(v2, HAS_4).rearrange(BY_4);
        v6 = x.blend(v6, HAS_4);
        v2 = v2.blend(x, HAS_4);
        x = v7.blend(v3, HAS_4).rearrange(BY_4);
        v7 = x.blend(v7, HAS_4);
        v3 = v3.blend(x, HAS_4);
        x = v2.blend(v0, HAS_2).rearrange(BY_2);
        v2 = x.blend(v2, HAS_2);
        v0 = v0.blend(x, HAS_2);
        x = v3.blend(v1, HAS_2).rearrange(BY_2);
        v3 = x.blend(v3, HAS_2);
        v1 = v1.blend(x, HAS_2);
        x = v6.blend(v4, HAS_2).rearrange(BY_2);
        v6 = x.blend(v6, HAS_2);
        v4 = v4.blend(x, HAS_2);
        x = v7.blend(v5, HAS_2).rearrange(BY_2);
        v7 = x.blend(v7, HAS_2);
        v5 = v5.blend(x, HAS_2);
        x = v1.blend(v0, HAS_1).rearrange(BY_1);
        v1 = x.blend(v1, HAS_1);
        v0 = v0.blend(x, HAS_1);
        x = v3.blend(v2, HAS_1).rearrange(BY_1);
        v3 = x.blend(v3, HAS_1);
        v2 = v2.blend(x, HAS_1);
        x = v5.blend(v4, HAS_1).rearrange(BY_1);
        v5 = x.blend(v5, HAS_1);
        v4 = v4.blend(x, HAS_1);
        x = v7.blend(v6, HAS_1).rearrange(BY_1);
        v7 = x.blend(v7, HAS_1);
        v6 = v6.blend(x, HAS_1);
        v0.mul(scale).intoArray(T, t);
        v1.mul(scale).intoArray(T, t + lt);
        v2.mul(scale).intoArray(T, t + 2 * lt);
        v3.mul(scale).intoArray(T, t + 3 * lt);
        v4.mul(scale).intoArray(T, t + 4 * lt);
        v5.mul(scale).intoArray(T, t + 5 * lt);
        v6.mul(scale).intoArray(T, t + 6 * lt);
        v7.mul(scale).intoArray(T, t + 7 * lt);
    }

    private static void sixteen(float[] T, int t, int lt, float scale, float[] W, int w, int lw) {
        FloatVector v0 = fromArray(SPECIES, W, w);
        FloatVector v1 = fromArray(SPECIES, W, w + lw);
        FloatVector v2 = fromArray(SPECIES, W, w + 2 * lw);
        FloatVector v3 = fromArray(SPECIES, W, w + 3 * lw);
        FloatVector v4 = fromArray(SPECIES, W, w + 4 * lw);
        FloatVector v5 = fromArray(SPECIES, W, w + 5 * lw);
        FloatVector v6 = fromArray(SPECIES, W, w + 6 * lw);
        FloatVector v7 = fromArray(SPECIES, W, w + 7 * lw);
        FloatVector v8 = fromArray(SPECIES, W, w + 8 * lw);
        FloatVector v9 = fromArray(SPECIES, W, w + 9 * lw);
        FloatVector v10 = fromArray(SPECIES, W, w + 10 * lw);
        FloatVector v11 = fromArray(SPECIES, W, w + 11 * lw);
        FloatVector v12 = fromArray(SPECIES, W, w + 12 * lw);
        FloatVector v13 = fromArray(SPECIES, W, w + 13 * lw);
        FloatVector v14 = fromArray(SPECIES, W, w + 14 * lw);
        FloatVector v15 = fromArray(SPECIES, W, w + 15 * lw);
        FloatVector x;
        x = v8.blend(v0, HAS_8).rearrange(BY_8);
        v8 = x.blend(v8, HAS_8);
        v0 = v0.blend(x, HAS_8);
        x = v9.blend(v1, HAS_8).rearrange(BY_8);
        v9 = x.blend(v9, HAS_8);
        v1 = v1.blend(x, HAS_8);
        x = v10.blend(v2, HAS_8).rearrange(BY_8);
        v10 = x.blend(v10, HAS_8);
        v2 = v2.blend(x, HAS_8);
        x = v11.blend(v3, HAS_8).rearrange(BY_8);
        v11 = x.blend(v11, HAS_8);
        v3 = v3.blend(x, HAS_8);
        x = v12.blend(v4, HAS_8).rearrange(BY_8);
        v12 = x.blend(v12, HAS_8);
        v4 = v4.blend(x, HAS_8);
        x = v13.blend(v5, HAS_8).rearrange(BY_8);
        v13 = x.blend(v13, HAS_8);
        v5 = v5.blend(x, HAS_8);
        x = v14.blend(v6, HAS_8).rearrange(BY_8);
        v14 = x.blend(v14, HAS_8);
        v6 = v6.blend(x, HAS_8);
        x = v15.blend(v7, HAS_8).rearrange(BY_8);
        v15 = x.blend(v15, HAS_8);
        v7 = v7.blend(x, HAS_8);
        x = v4.blend(v0, HAS_4).rearrange(BY_4);
        v4 = x.blend(v4, HAS_4);
        v0 = v0.blend(x, HAS_4);
        x = v5.blend(v1, HAS_4).rearrange(BY_4);
        v5 = x.blend(v5, HAS_4);
        v1 = v1.blend(x, HAS_4);
        x = v6.blend(v2, HAS_4).rearrange(BY_4);
        v6 = x.blend(v6, HAS_4);
        v2 = v2.blend(x, HAS_4);
        x = v7.blend(v3, HAS_4).rearrange(BY_4);
        v7 = x.blend(v7, HAS_4);
        v3 = v3.blend(x, HAS_4);
        x = v12.blend(v8, HAS_4).rearrange(BY_4);
        v12 = x.blend(v12, HAS_4);
        v8 = v8.blend(x, HAS_4);
        x = v13.blend(v9, HAS_4).rearrange(BY_4);
        v13 = x.blend(v13, HAS_4);
        v9 = v9.blend(x, HAS_4);
        x = v14.blend(v10, HAS_4).rearrange(BY_4);
        v14 = x.blend(v14, HAS_4);
        v10 = v10.blend(x, HAS_4);
        x = v15.blend(v11, HAS_4).rearrange(BY_4);
        v15 = x.blend(v15, HAS_4);
        v11 = v11.blend(x, HAS_4);
        x = v2.blend(v0, HAS_2).rearrange(BY_2);
        v2 = x.blend(v2, HAS_2);
        v0 = v0.blend(x, HAS_2);
        x = v3.blend(v1, HAS_2).rearrange(BY_2);
        v3 = x.blend(v3, HAS_2);
        v1 = v1.blend(x, HAS_2);
        x = v6.blend(v4, HAS_2).rearrange(BY_2);
        v6 = x.blend(v6, HAS_2);
        v4 = v4.blend(x, HAS_2);
        x = v7.blend(v5, HAS_2).rearrange(BY_2);
        v7 = x.blend(v7, HAS_2);
        v5 = v5.blend(x, HAS_2);
        x = v10.blend(v8, HAS_2).rearrange(BY_2);
        v10 = x.blend(v10, HAS_2);
        v8 = v8.blend(x, HAS_2);
        x = v11.blend(v9, HAS_2).rearrange(BY_2);
        v11 = x.blend(v11, HAS_2);
        v9 = v9.blend(x, HAS_2);
        x = v14.blend(v12, HAS_2).rearrange(BY_2);
        v14 = x.blend(v14, HAS_2);
        v12 = v12.blend(x, HAS_2);
        x = v15.blend(v13, HAS_2).rearrange(BY_2);
        v15 = x.blend(v15, HAS_2);
        v13 = v13.blend(x, HAS_2);
        x = v1.blend(v0, HAS_1).rearrange(BY_1);
        v1 = x.blend(v1, HAS_1);
        v0 = v0.blend(x, HAS_1);
        x = v3.blend(v2, HAS_1).rearrange(BY_1);
        v3 = x.blend(v3, HAS_1);
        v2 = v2.blend(x, HAS_1);
        x = v5.blend(v4, HAS_1).rearrange(BY_1);
        v5 = x.blend(v5, HAS_1);
        v4 = v4.blend(x, HAS_1);
        x = v7.blend(v6, HAS_1).rearrange(BY_1);
        v7 = x.blend(v7, HAS_1);
        v6 = v6.blend(x, HAS_1);
        x = v9.blend(v8, HAS_1).rearrange(BY_1);
        v9 = x.blend(v9, HAS_1);
        v8 = v8.blend(x, HAS_1);
        x = v11.blend(v10, HAS_1).rearrange(BY_1);
        v11 = x.blend(v11, HAS_1);
        v10 = v10.blend(x, HAS_1);
        x = v13.blend(v12, HAS_1).rearrange(BY_1);
        v13 = x.blend(v13, HAS_1);
        v12 = v12.blend(x, HAS_1);
        x = v15.blend(v14, HAS_1).rearrange(BY_1);
        v15 = x.blend(v15, HAS_1);
        v14 = v14.blend(x, HAS_1);
        v0.mul(scale).intoArray(T, t);
        v1.mul(scale).intoArray(T, t + lt);
        v2.mul(scale).intoArray(T, t + 2 * lt);
        v3.mul(scale).intoArray(T, t + 3 * lt);
        v4.mul(scale).intoArray(T, t + 4 * lt);
        v5.mul(scale).intoArray(T, t + 5 * lt);
        v6.mul(scale).intoArray(T, t + 6 * lt);
        v7.mul(scale).intoArray(T, t + 7 * lt);
        v8.mul(scale).intoArray(T, t + 8 * lt);
        v9.mul(scale).intoArray(T, t + 9 * lt);
        v10.mul(scale).intoArray(T, t + 10 * lt);
        v11.mul(scale).intoArray(T, t + 11 * lt);
        v12.mul(scale).intoArray(T, t + 12 * lt);
        v13.mul(scale).intoArray(T, t + 13 * lt);
        v14.mul(scale).intoArray(T, t + 14 * lt);
        v15.mul(scale).intoArray(T, t + 15 * lt);
    }
}
