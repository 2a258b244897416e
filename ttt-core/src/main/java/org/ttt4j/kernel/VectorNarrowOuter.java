package org.ttt4j.kernel;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromArray;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** {@link VectorOuterBlocks} for less than a quad of columns. */
final class VectorNarrowOuter {

    private static final VectorSpecies<Float> SPECIES = VectorBlocks.SPECIES;
    private static final int LANES = VectorBlocks.LANES;

    private VectorNarrowOuter() {}

    /** The columns from j up to n, one vector at a time. */
    static void add(
            FlatMatrix Y, int y, FlatMatrix X, int x, int c, FlatMatrix E, int e, int rows, int depth, int j, int n) {
        for (; j < n; j += LANES) {
            for (int i = 0; i < rows; i += 8) {
                eightByOne(Y, y + i, X, x, c + i, E, e, j, rows - i, depth);
            }
        }
    }

    static void fourByTwo(FlatMatrix Y, int yr, FlatMatrix X, int xr, int c, FlatMatrix E, int er, int j, int depth) {
        float[] y = Y.array();
        int y0 = Y.row(yr) + j;
        FloatVector a0 = fromArray(SPECIES, y, y0);
        FloatVector a1 = fromArray(SPECIES, y, y0 + LANES);
        int y1 = Y.row(yr + 1) + j;
        FloatVector b0 = fromArray(SPECIES, y, y1);
        FloatVector b1 = fromArray(SPECIES, y, y1 + LANES);
        int y2 = Y.row(yr + 2) + j;
        FloatVector c0 = fromArray(SPECIES, y, y2);
        FloatVector c1 = fromArray(SPECIES, y, y2 + LANES);
        int y3 = Y.row(yr + 3) + j;
        FloatVector d0 = fromArray(SPECIES, y, y3);
        FloatVector d1 = fromArray(SPECIES, y, y3 + LANES);
        float[] x = X.array();
        int at = X.row(xr) + c;
        float[] wide = E.array();
        int e = E.row(er) + j;
        int lx = X.stride();
        int le = E.stride();
        for (int p = 0; p < depth; p++) {
            FloatVector w0 = fromArray(SPECIES, wide, e);
            FloatVector w1 = fromArray(SPECIES, wide, e + LANES);
            FloatVector s = broadcast(SPECIES, x[at]);
            a0 = s.fma(w0, a0);
            a1 = s.fma(w1, a1);
            s = broadcast(SPECIES, x[at + 1]);
            b0 = s.fma(w0, b0);
            b1 = s.fma(w1, b1);
            s = broadcast(SPECIES, x[at + 2]);
            c0 = s.fma(w0, c0);
            c1 = s.fma(w1, c1);
            s = broadcast(SPECIES, x[at + 3]);
            d0 = s.fma(w0, d0);
            d1 = s.fma(w1, d1);
            at += lx;
            e += le;
        }
        a0.intoArray(y, y0);
        a1.intoArray(y, y0 + LANES);
        b0.intoArray(y, y1);
        b1.intoArray(y, y1 + LANES);
        c0.intoArray(y, y2);
        c1.intoArray(y, y2 + LANES);
        d0.intoArray(y, y3);
        d1.intoArray(y, y3 + LANES);
    }

    /** Of a smaller rest the last row is computed several times over. */
    private static void eightByOne(
            FlatMatrix Y, int yr, FlatMatrix X, int xr, int c, FlatMatrix E, int er, int j, int rows, int depth) {
        float[] y = Y.array();
        int r1 = Math.min(1, rows - 1);
        int r2 = Math.min(2, rows - 1);
        int r3 = Math.min(3, rows - 1);
        int r4 = Math.min(4, rows - 1);
        int r5 = Math.min(5, rows - 1);
        int r6 = Math.min(6, rows - 1);
        int r7 = Math.min(7, rows - 1);
        int y0 = Y.row(yr) + j;
        FloatVector a0 = fromArray(SPECIES, y, y0);
        int y1 = Y.row(yr + r1) + j;
        FloatVector b0 = fromArray(SPECIES, y, y1);
        int y2 = Y.row(yr + r2) + j;
        FloatVector c0 = fromArray(SPECIES, y, y2);
        int y3 = Y.row(yr + r3) + j;
        FloatVector d0 = fromArray(SPECIES, y, y3);
        int y4 = Y.row(yr + r4) + j;
        FloatVector e0 = fromArray(SPECIES, y, y4);
        int y5 = Y.row(yr + r5) + j;
        FloatVector f0 = fromArray(SPECIES, y, y5);
        int y6 = Y.row(yr + r6) + j;
        FloatVector g0 = fromArray(SPECIES, y, y6);
        int y7 = Y.row(yr + r7) + j;
        FloatVector h0 = fromArray(SPECIES, y, y7);
        float[] x = X.array();
        int at = X.row(xr) + c;
        float[] wide = E.array();
        int e = E.row(er) + j;
        int lx = X.stride();
        int le = E.stride();
        for (int p = 0; p < depth; p++) {
            FloatVector w0 = fromArray(SPECIES, wide, e);
            FloatVector s = broadcast(SPECIES, x[at]);
            a0 = s.fma(w0, a0);
            s = broadcast(SPECIES, x[at + r1]);
            b0 = s.fma(w0, b0);
            s = broadcast(SPECIES, x[at + r2]);
            c0 = s.fma(w0, c0);
            s = broadcast(SPECIES, x[at + r3]);
            d0 = s.fma(w0, d0);
            s = broadcast(SPECIES, x[at + r4]);
            e0 = s.fma(w0, e0);
            s = broadcast(SPECIES, x[at + r5]);
            f0 = s.fma(w0, f0);
            s = broadcast(SPECIES, x[at + r6]);
            g0 = s.fma(w0, g0);
            s = broadcast(SPECIES, x[at + r7]);
            h0 = s.fma(w0, h0);
            at += lx;
            e += le;
        }
        a0.intoArray(y, y0);
        b0.intoArray(y, y1);
        c0.intoArray(y, y2);
        d0.intoArray(y, y3);
        e0.intoArray(y, y4);
        f0.intoArray(y, y5);
        g0.intoArray(y, y6);
        h0.intoArray(y, y7);
    }
}
