package org.ttt4j.kernel;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromArray;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The product {@code Y[y+i] += sum over p of X[x+p][c+i] E[e+p]}, in blocks of rows and vectors that stay in registers.
 * Columns are taken in whole vectors, so rows of Y and E must be padded to that.
 */
final class VectorOuterBlocks {

    private static final VectorSpecies<Float> SPECIES = VectorBlocks.SPECIES;
    private static final int LANES = VectorBlocks.LANES;

    private VectorOuterBlocks() {}

    /**
     * For i below rows and n columns; the sum has depth terms.
     *
     * @param c the column of X that belongs to row y
     */
    static void add(FlatMatrix Y, int y, FlatMatrix X, int x, int c, FlatMatrix E, int e, int rows, int depth, int n) {
        int fours = rows - rows % 4;
        int j = 0;
        for (; VectorBlocks.MANY_REGISTERS && j + 3 * LANES < n; j += 4 * LANES) {
            for (int i = 0; i < fours; i += 4) {
                fourByFour(Y, y + i, X, x, c + i, E, e, j, depth);
            }
        }
        for (; j + LANES < n; j += 2 * LANES) {
            for (int i = 0; i < fours; i += 4) {
                VectorNarrowOuter.fourByTwo(Y, y + i, X, x, c + i, E, e, j, depth);
            }
        }
        VectorNarrowOuter.add(Y, y, X, x, c, E, e, rows, depth, j, n);
        if (fours < rows) {
            VectorNarrowOuter.add(Y, y + fours, X, x, c + fours, E, e, rows - fours, depth, 0, j);
        }
    }

    private static void fourByFour(
            FlatMatrix Y, int yr, FlatMatrix X, int xr, int c, FlatMatrix E, int er, int j, int depth) {
        float[] y = Y.array();
        int y0 = Y.row(yr) + j;
        FloatVector a0 = fromArray(SPECIES, y, y0);
        FloatVector a1 = fromArray(SPECIES, y, y0 + LANES);
        FloatVector a2 = fromArray(SPECIES, y, y0 + 2 * LANES);
        FloatVector a3 = fromArray(SPECIES, y, y0 + 3 * LANES);
        int y1 = Y.row(yr + 1) + j;
        FloatVector b0 = fromArray(SPECIES, y, y1);
        FloatVector b1 = fromArray(SPECIES, y, y1 + LANES);
        FloatVector b2 = fromArray(SPECIES, y, y1 + 2 * LANES);
        FloatVector b3 = fromArray(SPECIES, y, y1 + 3 * LANES);
        int y2 = Y.row(yr + 2) + j;
        FloatVector c0 = fromArray(SPECIES, y, y2);
        FloatVector c1 = fromArray(SPECIES, y, y2 + LANES);
        FloatVector c2 = fromArray(SPECIES, y, y2 + 2 * LANES);
        FloatVector c3 = fromArray(SPECIES, y, y2 + 3 * LANES);
        int y3 = Y.row(yr + 3) + j;
        FloatVector d0 = fromArray(SPECIES, y, y3);
        FloatVector d1 = fromArray(SPECIES, y, y3 + LANES);
        FloatVector d2 = fromArray(SPECIES, y, y3 + 2 * LANES);
        FloatVector d3 = fromArray(SPECIES, y, y3 + 3 * LANES);
        float[] x = X.array();
        int at = X.row(xr) + c;
        float[] wide = E.array();
        int e = E.row(er) + j;
        int lx = X.stride();
        int le = E.stride();
        for (int p = 0; p < depth; p++) {
            FloatVector w0 = fromArray(SPECIES, wide, e);
            FloatVector w1 = fromArray(SPECIES, wide, e + LANES);
            FloatVector w2 = fromArray(SPECIES, wide, e + 2 * LANES);
            FloatVector w3 = fromArray(SPECIES, wide, e + 3 * LANES);
            FloatVector s = broadcast(SPECIES, x[at]);
            a0 = s.fma(w0, a0);
            a1 = s.fma(w1, a1);
            a2 = s.fma(w2, a2);
            a3 = s.fma(w3, a3);
            s = broadcast(SPECIES, x[at + 1]);
            b0 = s.fma(w0, b0);
            b1 = s.fma(w1, b1);
            b2 = s.fma(w2, b2);
            b3 = s.fma(w3, b3);
            s = broadcast(SPECIES, x[at + 2]);
            c0 = s.fma(w0, c0);
            c1 = s.fma(w1, c1);
            c2 = s.fma(w2, c2);
            c3 = s.fma(w3, c3);
            s = broadcast(SPECIES, x[at + 3]);
            d0 = s.fma(w0, d0);
            d1 = s.fma(w1, d1);
            d2 = s.fma(w2, d2);
            d3 = s.fma(w3, d3);
            at += lx;
            e += le;
        }
        a0.intoArray(y, y0);
        a1.intoArray(y, y0 + LANES);
        a2.intoArray(y, y0 + 2 * LANES);
        a3.intoArray(y, y0 + 3 * LANES);
        b0.intoArray(y, y1);
        b1.intoArray(y, y1 + LANES);
        b2.intoArray(y, y1 + 2 * LANES);
        b3.intoArray(y, y1 + 3 * LANES);
        c0.intoArray(y, y2);
        c1.intoArray(y, y2 + LANES);
        c2.intoArray(y, y2 + 2 * LANES);
        c3.intoArray(y, y2 + 3 * LANES);
        d0.intoArray(y, y3);
        d1.intoArray(y, y3 + LANES);
        d2.intoArray(y, y3 + 2 * LANES);
        d3.intoArray(y, y3 + 3 * LANES);
    }
}
