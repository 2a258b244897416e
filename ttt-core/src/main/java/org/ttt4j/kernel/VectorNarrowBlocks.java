package org.ttt4j.kernel;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromArray;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** {@link VectorBlocks#product} where a single vector of columns is left. */
final class VectorNarrowBlocks {

    private static final VectorSpecies<Float> SPECIES = VectorBlocks.SPECIES;
    private static final int LANES = VectorBlocks.LANES;

    private VectorNarrowBlocks() {}

    /** One vector of columns, the first of which is j in W and c + j in Y and I. */
    static void product(
            FlatMatrix Y,
            int y,
            FlatMatrix I,
            int i,
            int c,
            FlatMatrix X,
            int x,
            FlatMatrix W,
            int j,
            int rows,
            int depth) {
        int t = 0;
        if (VectorBlocks.MANY_REGISTERS && W.stride() == LANES && X.stride() == FlatMatrix.QUAD) {
            for (; t + 16 <= rows; t += 16) {
                sixteenByOne(Y, y + t, I, i + t, c + j, X, x + t, W, depth);
            }
        }
        for (; t < rows; t += 8) {
            eightByOne(Y, y + t, I, i + t, c + j, X, x + t, W, j, rows - t, depth);
        }
    }

    /** Sixteen rows by the one vector that each of W's rows is: so many because every value of X serves a single vector. */
    private static void sixteenByOne(
            FlatMatrix Y, int yr, FlatMatrix I, int ir, int c, FlatMatrix X, int xr, FlatMatrix W, int depth) {
        float[] from = I.array();
        int first = I.row(ir) + c;
        int li = I.stride();
        FloatVector s0 = fromArray(SPECIES, from, first);
        FloatVector s1 = fromArray(SPECIES, from, first + li);
        FloatVector s2 = fromArray(SPECIES, from, first + 2 * li);
        FloatVector s3 = fromArray(SPECIES, from, first + 3 * li);
        FloatVector s4 = fromArray(SPECIES, from, first + 4 * li);
        FloatVector s5 = fromArray(SPECIES, from, first + 5 * li);
        FloatVector s6 = fromArray(SPECIES, from, first + 6 * li);
        FloatVector s7 = fromArray(SPECIES, from, first + 7 * li);
        FloatVector s8 = fromArray(SPECIES, from, first + 8 * li);
        FloatVector s9 = fromArray(SPECIES, from, first + 9 * li);
        FloatVector s10 = fromArray(SPECIES, from, first + 10 * li);
        FloatVector s11 = fromArray(SPECIES, from, first + 11 * li);
        FloatVector s12 = fromArray(SPECIES, from, first + 12 * li);
        FloatVector s13 = fromArray(SPECIES, from, first + 13 * li);
        FloatVector s14 = fromArray(SPECIES, from, first + 14 * li);
        FloatVector s15 = fromArray(SPECIES, from, first + 15 * li);
        float[] x = X.array();
        int at = X.row(xr);
        float[] narrow = W.array();
        int w = W.row(0);
        for (int p = 0; p < depth; p++) {
            FloatVector w0 = fromArray(SPECIES, narrow, w + p * LANES);
            s0 = broadcast(SPECIES, x[at + p]).fma(w0, s0);
            s1 = broadcast(SPECIES, x[at + FlatMatrix.QUAD + p]).fma(w0, s1);
            s2 = broadcast(SPECIES, x[at + 2 * FlatMatrix.QUAD + p]).fma(w0, s2);
            s3 = broadcast(SPECIES, x[at + 3 * FlatMatrix.QUAD + p]).fma(w0, s3);
            s4 = broadcast(SPECIES, x[at + 4 * FlatMatrix.QUAD + p]).fma(w0, s4);
            s5 = broadcast(SPECIES, x[at + 5 * FlatMatrix.QUAD + p]).fma(w0, s5);
            s6 = broadcast(SPECIES, x[at + 6 * FlatMatrix.QUAD + p]).fma(w0, s6);
            s7 = broadcast(SPECIES, x[at + 7 * FlatMatrix.QUAD + p]).fma(w0, s7);
            s8 = broadcast(SPECIES, x[at + 8 * FlatMatrix.QUAD + p]).fma(w0, s8);
            s9 = broadcast(SPECIES, x[at + 9 * FlatMatrix.QUAD + p]).fma(w0, s9);
            s10 = broadcast(SPECIES, x[at + 10 * FlatMatrix.QUAD + p]).fma(w0, s10);
            s11 = broadcast(SPECIES, x[at + 11 * FlatMatrix.QUAD + p]).fma(w0, s11);
            s12 = broadcast(SPECIES, x[at + 12 * FlatMatrix.QUAD + p]).fma(w0, s12);
            s13 = broadcast(SPECIES, x[at + 13 * FlatMatrix.QUAD + p]).fma(w0, s13);
            s14 = broadcast(SPECIES, x[at + 14 * FlatMatrix.QUAD + p]).fma(w0, s14);
            s15 = broadcast(SPECIES, x[at + 15 * FlatMatrix.QUAD + p]).fma(w0, s15);
        }
        float[] to = Y.array();
        int y = Y.row(yr) + c;
        int ly = Y.stride();
        s0.intoArray(to, y);
        s1.intoArray(to, y + ly);
        s2.intoArray(to, y + 2 * ly);
        s3.intoArray(to, y + 3 * ly);
        s4.intoArray(to, y + 4 * ly);
        s5.intoArray(to, y + 5 * ly);
        s6.intoArray(to, y + 6 * ly);
        s7.intoArray(to, y + 7 * ly);
        s8.intoArray(to, y + 8 * ly);
        s9.intoArray(to, y + 9 * ly);
        s10.intoArray(to, y + 10 * ly);
        s11.intoArray(to, y + 11 * ly);
        s12.intoArray(to, y + 12 * ly);
        s13.intoArray(to, y + 13 * ly);
        s14.intoArray(to, y + 14 * ly);
        s15.intoArray(to, y + 15 * ly);
    }

    private static void eightByOne(
            FlatMatrix Y,
            int yr,
            FlatMatrix I,
            int ir,
            int c,
            FlatMatrix X,
            int xr,
            FlatMatrix W,
            int w,
            int rows,
            int depth) {
        float[] a = I.array();
        float[] x = X.array();
        float[] wide = W.array();
        int lw = W.stride();
        w += W.row(0);
        int r1 = Math.min(1, rows - 1);
        int r2 = Math.min(2, rows - 1);
        int r3 = Math.min(3, rows - 1);
        int r4 = Math.min(4, rows - 1);
        int r5 = Math.min(5, rows - 1);
        int r6 = Math.min(6, rows - 1);
        int r7 = Math.min(7, rows - 1);
        int i0 = I.row(ir) + c;
        FloatVector a0 = fromArray(SPECIES, a, i0);
        int i1 = I.row(ir + r1) + c;
        FloatVector b0 = fromArray(SPECIES, a, i1);
        int i2 = I.row(ir + r2) + c;
        FloatVector c0 = fromArray(SPECIES, a, i2);
        int i3 = I.row(ir + r3) + c;
        FloatVector d0 = fromArray(SPECIES, a, i3);
        int i4 = I.row(ir + r4) + c;
        FloatVector e0 = fromArray(SPECIES, a, i4);
        int i5 = I.row(ir + r5) + c;
        FloatVector f0 = fromArray(SPECIES, a, i5);
        int i6 = I.row(ir + r6) + c;
        FloatVector g0 = fromArray(SPECIES, a, i6);
        int i7 = I.row(ir + r7) + c;
        FloatVector h0 = fromArray(SPECIES, a, i7);
        int x0 = X.row(xr);
        int x1 = X.row(xr + r1);
        int x2 = X.row(xr + r2);
        int x3 = X.row(xr + r3);
        int x4 = X.row(xr + r4);
        int x5 = X.row(xr + r5);
        int x6 = X.row(xr + r6);
        int x7 = X.row(xr + r7);
        for (int p = 0; p < depth; p++) {
            FloatVector w0 = fromArray(SPECIES, wide, w);
            FloatVector s = broadcast(SPECIES, x[x0 + p]);
            a0 = s.fma(w0, a0);
            s = broadcast(SPECIES, x[x1 + p]);
            b0 = s.fma(w0, b0);
            s = broadcast(SPECIES, x[x2 + p]);
            c0 = s.fma(w0, c0);
            s = broadcast(SPECIES, x[x3 + p]);
            d0 = s.fma(w0, d0);
            s = broadcast(SPECIES, x[x4 + p]);
            e0 = s.fma(w0, e0);
            s = broadcast(SPECIES, x[x5 + p]);
            f0 = s.fma(w0, f0);
            s = broadcast(SPECIES, x[x6 + p]);
            g0 = s.fma(w0, g0);
            s = broadcast(SPECIES, x[x7 + p]);
            h0 = s.fma(w0, h0);
            w += lw;
        }
        float[] to = Y.array();
        int y0 = Y.row(yr) + c;
        a0.intoArray(to, y0);
        int y1 = Y.row(yr + r1) + c;
        b0.intoArray(to, y1);
        int y2 = Y.row(yr + r2) + c;
        c0.intoArray(to, y2);
        int y3 = Y.row(yr + r3) + c;
        d0.intoArray(to, y3);
        int y4 = Y.row(yr + r4) + c;
        e0.intoArray(to, y4);
        int y5 = Y.row(yr + r5) + c;
        f0.intoArray(to, y5);
        int y6 = Y.row(yr + r6) + c;
        g0.intoArray(to, y6);
        int y7 = Y.row(yr + r7) + c;
        h0.intoArray(to, y7);
    }
}
