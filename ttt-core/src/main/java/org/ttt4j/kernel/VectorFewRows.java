package org.ttt4j.kernel;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromArray;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** {@link VectorBlocks#product} of one or two rows, as single tokens have them. Its sums are the same, bit for bit. */
final class VectorFewRows {

    /** Up to so many rows. */
    static final int ROWS = 2;

    private static final VectorSpecies<Float> SPECIES = VectorBlocks.SPECIES;
    private static final int LANES = VectorBlocks.LANES;

    private VectorFewRows() {}

    static void product(
            FlatMatrix Y,
            int y,
            FlatMatrix I,
            int i,
            int c,
            FlatMatrix X,
            int x,
            FlatMatrix W,
            int rows,
            int depth,
            int n) {
        int j = 0;
        for (; j + 3 * LANES < n; j += 4 * LANES) {
            if (rows == 2) {
                twoByFour(Y, y, I, i, c + j, X, x, W, j, depth);
            } else {
                oneByFour(Y, y, I, i, c + j, X, x, W, j, depth);
            }
        }
        for (; j < n; j += LANES) {
            for (int t = 0; t < rows; t++) {
                one(Y, y + t, I, i + t, c + j, X, x + t, W, j, depth);
            }
        }
    }

    private static void twoByFour(
            FlatMatrix Y, int y, FlatMatrix I, int i, int c, FlatMatrix X, int xr, FlatMatrix W, int w, int depth) {
        float[] x = X.array();
        float[] wide = W.array();
        int lw = W.stride();
        w += W.row(0);
        float[] start = I.array();
        int i0 = I.row(i) + c;
        FloatVector a0 = fromArray(SPECIES, start, i0);
        FloatVector a1 = fromArray(SPECIES, start, i0 + LANES);
        FloatVector a2 = fromArray(SPECIES, start, i0 + 2 * LANES);
        FloatVector a3 = fromArray(SPECIES, start, i0 + 3 * LANES);
        int i1 = I.row(i + 1) + c;
        FloatVector b0 = fromArray(SPECIES, start, i1);
        FloatVector b1 = fromArray(SPECIES, start, i1 + LANES);
        FloatVector b2 = fromArray(SPECIES, start, i1 + 2 * LANES);
        FloatVector b3 = fromArray(SPECIES, start, i1 + 3 * LANES);
        int x0 = X.row(xr);
        int x1 = X.row(xr + 1);
        for (int p = 0; p < depth; p++) {
            FloatVector w0 = fromArray(SPECIES, wide, w);
            FloatVector w1 = fromArray(SPECIES, wide, w + LANES);
            FloatVector w2 = fromArray(SPECIES, wide, w + 2 * LANES);
            FloatVector w3 = fromArray(SPECIES, wide, w + 3 * LANES);
            FloatVector s = broadcast(SPECIES, x[x0 + p]);
            a0 = s.fma(w0, a0);
            a1 = s.fma(w1, a1);
            a2 = s.fma(w2, a2);
            a3 = s.fma(w3, a3);
            s = broadcast(SPECIES, x[x1 + p]);
            b0 = s.fma(w0, b0);
            b1 = s.fma(w1, b1);
            b2 = s.fma(w2, b2);
            b3 = s.fma(w3, b3);
            w += lw;
        }
        float[] to = Y.array();
        int y0 = Y.row(y) + c;
        a0.intoArray(to, y0);
        a1.intoArray(to, y0 + LANES);
        a2.intoArray(to, y0 + 2 * LANES);
        a3.intoArray(to, y0 + 3 * LANES);
        int y1 = Y.row(y + 1) + c;
        b0.intoArray(to, y1);
        b1.intoArray(to, y1 + LANES);
        b2.intoArray(to, y1 + 2 * LANES);
        b3.intoArray(to, y1 + 3 * LANES);
    }

    private static void oneByFour(
            FlatMatrix Y, int y, FlatMatrix I, int i, int c, FlatMatrix X, int xr, FlatMatrix W, int w, int depth) {
        float[] x = X.array();
        float[] wide = W.array();
        int lw = W.stride();
        w += W.row(0);
        float[] start = I.array();
        int i0 = I.row(i) + c;
        FloatVector a0 = fromArray(SPECIES, start, i0);
        FloatVector a1 = fromArray(SPECIES, start, i0 + LANES);
        FloatVector a2 = fromArray(SPECIES, start, i0 + 2 * LANES);
        FloatVector a3 = fromArray(SPECIES, start, i0 + 3 * LANES);
        int x0 = X.row(xr);
        for (int p = 0; p < depth; p++) {
            FloatVector s = broadcast(SPECIES, x[x0 + p]);
            a0 = s.fma(fromArray(SPECIES, wide, w), a0);
            a1 = s.fma(fromArray(SPECIES, wide, w + LANES), a1);
            a2 = s.fma(fromArray(SPECIES, wide, w + 2 * LANES), a2);
            a3 = s.fma(fromArray(SPECIES, wide, w + 3 * LANES), a3);
            w += lw;
        }
        float[] to = Y.array();
        int y0 = Y.row(y) + c;
        a0.intoArray(to, y0);
        a1.intoArray(to, y0 + LANES);
        a2.intoArray(to, y0 + 2 * LANES);
        a3.intoArray(to, y0 + 3 * LANES);
    }

    private static void one(
            FlatMatrix Y, int y, FlatMatrix I, int i, int c, FlatMatrix X, int xr, FlatMatrix W, int w, int depth) {
        float[] x = X.array();
        float[] wide = W.array();
        int lw = W.stride();
        w += W.row(0);
        FloatVector a = fromArray(SPECIES, I.array(), I.row(i) + c);
        int x0 = X.row(xr);
        for (int p = 0; p < depth; p++) {
            a = broadcast(SPECIES, x[x0 + p]).fma(fromArray(SPECIES, wide, w), a);
            w += lw;
        }
        a.intoArray(Y.array(), Y.row(y) + c);
    }
}
