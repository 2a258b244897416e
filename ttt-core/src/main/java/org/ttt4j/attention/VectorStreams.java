package org.ttt4j.attention;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromArray;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.ttt4j.kernel.VectorBlocks;

/**
 * One row times each of {@link SpanReader#STREAMS} matrices, which are read side by side: hardware reads further ahead in four
 * streams than in one.
 */
final class VectorStreams {

    private static final VectorSpecies<Float> SPECIES = VectorBlocks.SPECIES;
    private static final int LANES = VectorBlocks.LANES;

    /** Columns of a call. */
    static final int COLUMNS = 4 * LANES;

    private VectorStreams() {}

    /** {@code Y[s] = Σ X[s][p] W_s[p]} for {@link #COLUMNS} columns; rows of X lie apart, those of Y ly, those of W lw. */
    static void product(
            float[] Y,
            int y,
            int ly,
            float[] X,
            int x,
            int apart,
            float[] A,
            float[] B,
            float[] C,
            float[] D,
            int w,
            int lw,
            int depth) {
        FloatVector zero = FloatVector.zero(SPECIES);
        FloatVector a0 = zero;
        FloatVector a1 = zero;
        FloatVector a2 = zero;
        FloatVector a3 = zero;
        FloatVector b0 = zero;
        FloatVector b1 = zero;
        FloatVector b2 = zero;
        FloatVector b3 = zero;
        FloatVector c0 = zero;
        FloatVector c1 = zero;
        FloatVector c2 = zero;
        FloatVector c3 = zero;
        FloatVector d0 = zero;
        FloatVector d1 = zero;
        FloatVector d2 = zero;
        FloatVector d3 = zero;
        for (int p = 0; p < depth; p++) {
            FloatVector s = broadcast(SPECIES, X[x]);
            a0 = fromArray(SPECIES, A, w).fma(s, a0);
            a1 = fromArray(SPECIES, A, w + LANES).fma(s, a1);
            a2 = fromArray(SPECIES, A, w + 2 * LANES).fma(s, a2);
            a3 = fromArray(SPECIES, A, w + 3 * LANES).fma(s, a3);
            s = broadcast(SPECIES, X[x + apart]);
            b0 = fromArray(SPECIES, B, w).fma(s, b0);
            b1 = fromArray(SPECIES, B, w + LANES).fma(s, b1);
            b2 = fromArray(SPECIES, B, w + 2 * LANES).fma(s, b2);
            b3 = fromArray(SPECIES, B, w + 3 * LANES).fma(s, b3);
            s = broadcast(SPECIES, X[x + 2 * apart]);
            c0 = fromArray(SPECIES, C, w).fma(s, c0);
            c1 = fromArray(SPECIES, C, w + LANES).fma(s, c1);
            c2 = fromArray(SPECIES, C, w + 2 * LANES).fma(s, c2);
            c3 = fromArray(SPECIES, C, w + 3 * LANES).fma(s, c3);
            s = broadcast(SPECIES, X[x + 3 * apart]);
            d0 = fromArray(SPECIES, D, w).fma(s, d0);
            d1 = fromArray(SPECIES, D, w + LANES).fma(s, d1);
            d2 = fromArray(SPECIES, D, w + 2 * LANES).fma(s, d2);
            d3 = fromArray(SPECIES, D, w + 3 * LANES).fma(s, d3);
            x++;
            w += lw;
        }
        a0.intoArray(Y, y);
        a1.intoArray(Y, y + LANES);
        a2.intoArray(Y, y + 2 * LANES);
        a3.intoArray(Y, y + 3 * LANES);
        y += ly;
        b0.intoArray(Y, y);
        b1.intoArray(Y, y + LANES);
        b2.intoArray(Y, y + 2 * LANES);
        b3.intoArray(Y, y + 3 * LANES);
        y += ly;
        c0.intoArray(Y, y);
        c1.intoArray(Y, y + LANES);
        c2.intoArray(Y, y + 2 * LANES);
        c3.intoArray(Y, y + 3 * LANES);
        y += ly;
        d0.intoArray(Y, y);
        d1.intoArray(Y, y + LANES);
        d2.intoArray(Y, y + 2 * LANES);
        d3.intoArray(Y, y + 3 * LANES);
    }

    /** {@code Y[s] += Σ X[s][p] W_s[p]}, as above. */
    static void add(
            float[] Y,
            int y,
            int ly,
            float[] X,
            int x,
            int apart,
            float[] A,
            float[] B,
            float[] C,
            float[] D,
            int w,
            int lw,
            int depth) {
        FloatVector a0 = fromArray(SPECIES, Y, y);
        FloatVector a1 = fromArray(SPECIES, Y, y + LANES);
        FloatVector a2 = fromArray(SPECIES, Y, y + 2 * LANES);
        FloatVector a3 = fromArray(SPECIES, Y, y + 3 * LANES);
        int y1 = y + ly;
        FloatVector b0 = fromArray(SPECIES, Y, y1);
        FloatVector b1 = fromArray(SPECIES, Y, y1 + LANES);
        FloatVector b2 = fromArray(SPECIES, Y, y1 + 2 * LANES);
        FloatVector b3 = fromArray(SPECIES, Y, y1 + 3 * LANES);
        int y2 = y + 2 * ly;
        FloatVector c0 = fromArray(SPECIES, Y, y2);
        FloatVector c1 = fromArray(SPECIES, Y, y2 + LANES);
        FloatVector c2 = fromArray(SPECIES, Y, y2 + 2 * LANES);
        FloatVector c3 = fromArray(SPECIES, Y, y2 + 3 * LANES);
        int y3 = y + 3 * ly;
        FloatVector d0 = fromArray(SPECIES, Y, y3);
        FloatVector d1 = fromArray(SPECIES, Y, y3 + LANES);
        FloatVector d2 = fromArray(SPECIES, Y, y3 + 2 * LANES);
        FloatVector d3 = fromArray(SPECIES, Y, y3 + 3 * LANES);
        for (int p = 0; p < depth; p++) {
            FloatVector s = broadcast(SPECIES, X[x]);
            a0 = fromArray(SPECIES, A, w).fma(s, a0);
            a1 = fromArray(SPECIES, A, w + LANES).fma(s, a1);
            a2 = fromArray(SPECIES, A, w + 2 * LANES).fma(s, a2);
            a3 = fromArray(SPECIES, A, w + 3 * LANES).fma(s, a3);
            s = broadcast(SPECIES, X[x + apart]);
            b0 = fromArray(SPECIES, B, w).fma(s, b0);
            b1 = fromArray(SPECIES, B, w + LANES).fma(s, b1);
            b2 = fromArray(SPECIES, B, w + 2 * LANES).fma(s, b2);
            b3 = fromArray(SPECIES, B, w + 3 * LANES).fma(s, b3);
            s = broadcast(SPECIES, X[x + 2 * apart]);
            c0 = fromArray(SPECIES, C, w).fma(s, c0);
            c1 = fromArray(SPECIES, C, w + LANES).fma(s, c1);
            c2 = fromArray(SPECIES, C, w + 2 * LANES).fma(s, c2);
            c3 = fromArray(SPECIES, C, w + 3 * LANES).fma(s, c3);
            s = broadcast(SPECIES, X[x + 3 * apart]);
            d0 = fromArray(SPECIES, D, w).fma(s, d0);
            d1 = fromArray(SPECIES, D, w + LANES).fma(s, d1);
            d2 = fromArray(SPECIES, D, w + 2 * LANES).fma(s, d2);
            d3 = fromArray(SPECIES, D, w + 3 * LANES).fma(s, d3);
            x++;
            w += lw;
        }
        a0.intoArray(Y, y);
        a1.intoArray(Y, y + LANES);
        a2.intoArray(Y, y + 2 * LANES);
        a3.intoArray(Y, y + 3 * LANES);
        b0.intoArray(Y, y1);
        b1.intoArray(Y, y1 + LANES);
        b2.intoArray(Y, y1 + 2 * LANES);
        b3.intoArray(Y, y1 + 3 * LANES);
        c0.intoArray(Y, y2);
        c1.intoArray(Y, y2 + LANES);
        c2.intoArray(Y, y2 + 2 * LANES);
        c3.intoArray(Y, y2 + 3 * LANES);
        d0.intoArray(Y, y3);
        d1.intoArray(Y, y3 + LANES);
        d2.intoArray(Y, y3 + 2 * LANES);
        d3.intoArray(Y, y3 + 3 * LANES);
    }
}
