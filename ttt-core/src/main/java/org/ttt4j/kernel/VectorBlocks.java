package org.ttt4j.kernel;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromArray;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The product that most others come down to, {@code Y[y+t] = I[i+t] + sum over p of X[x+t][p] W[p]}, in blocks of rows and
 * vectors that stay in registers. {@link VectorOuterBlocks} takes X by columns.
 *
 * <p>Rows are taken four or eight at a time; of a smaller rest the last row is computed several times over, which costs less
 * than another kernel would; but for one or two rows there is {@link VectorFewRows}. Columns are taken in whole vectors, so rows of Y, I and W must be padded to that.
 */
public final class VectorBlocks {

    public static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED.length() <= InnerShape.VECTOR
            ? FloatVector.SPECIES_PREFERRED
            : FloatVector.SPECIES_512;
    public static final int LANES = SPECIES.length();

    /** AVX2 has 16 registers: eight sums, two vectors of W, one of X. AVX-512 and NEON have 32. */
    static final boolean MANY_REGISTERS = LANES != 8;

    private VectorBlocks() {}

    /**
     * For t below rows and n columns; W has depth rows.
     *
     * @param c the first column of Y and I; of W it is 0
     */
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
        if (rows <= VectorFewRows.ROWS) {
            VectorFewRows.product(Y, y, I, i, c, X, x, W, rows, depth, n);
            return;
        }
        int j = 0;
        for (; MANY_REGISTERS && j + 3 * LANES < n; j += 4 * LANES) {
            for (int t = 0; t < rows; t += 4) {
                fourByFour(Y, y + t, I, i + t, c + j, X, x + t, W, j, rows - t, depth);
            }
        }
        for (; j + LANES < n; j += 2 * LANES) {
            for (int t = 0; t < rows; t += 4) {
                fourByTwo(Y, y + t, I, i + t, c + j, X, x + t, W, j, rows - t, depth);
            }
        }
        for (; j < n; j += LANES) {
            VectorNarrowBlocks.product(Y, y, I, i, c, X, x, W, j, rows, depth);
        }
    }

    private static void fourByFour(
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
        int i0 = I.row(ir) + c;
        FloatVector a0 = fromArray(SPECIES, a, i0);
        FloatVector a1 = fromArray(SPECIES, a, i0 + LANES);
        FloatVector a2 = fromArray(SPECIES, a, i0 + 2 * LANES);
        FloatVector a3 = fromArray(SPECIES, a, i0 + 3 * LANES);
        int i1 = I.row(ir + r1) + c;
        FloatVector b0 = fromArray(SPECIES, a, i1);
        FloatVector b1 = fromArray(SPECIES, a, i1 + LANES);
        FloatVector b2 = fromArray(SPECIES, a, i1 + 2 * LANES);
        FloatVector b3 = fromArray(SPECIES, a, i1 + 3 * LANES);
        int i2 = I.row(ir + r2) + c;
        FloatVector c0 = fromArray(SPECIES, a, i2);
        FloatVector c1 = fromArray(SPECIES, a, i2 + LANES);
        FloatVector c2 = fromArray(SPECIES, a, i2 + 2 * LANES);
        FloatVector c3 = fromArray(SPECIES, a, i2 + 3 * LANES);
        int i3 = I.row(ir + r3) + c;
        FloatVector d0 = fromArray(SPECIES, a, i3);
        FloatVector d1 = fromArray(SPECIES, a, i3 + LANES);
        FloatVector d2 = fromArray(SPECIES, a, i3 + 2 * LANES);
        FloatVector d3 = fromArray(SPECIES, a, i3 + 3 * LANES);
        int x0 = X.row(xr);
        int x1 = X.row(xr + r1);
        int x2 = X.row(xr + r2);
        int x3 = X.row(xr + r3);
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
            s = broadcast(SPECIES, x[x2 + p]);
            c0 = s.fma(w0, c0);
            c1 = s.fma(w1, c1);
            c2 = s.fma(w2, c2);
            c3 = s.fma(w3, c3);
            s = broadcast(SPECIES, x[x3 + p]);
            d0 = s.fma(w0, d0);
            d1 = s.fma(w1, d1);
            d2 = s.fma(w2, d2);
            d3 = s.fma(w3, d3);
            w += lw;
        }
        float[] to = Y.array();
        int y0 = Y.row(yr) + c;
        a0.intoArray(to, y0);
        a1.intoArray(to, y0 + LANES);
        a2.intoArray(to, y0 + 2 * LANES);
        a3.intoArray(to, y0 + 3 * LANES);
        int y1 = Y.row(yr + r1) + c;
        b0.intoArray(to, y1);
        b1.intoArray(to, y1 + LANES);
        b2.intoArray(to, y1 + 2 * LANES);
        b3.intoArray(to, y1 + 3 * LANES);
        int y2 = Y.row(yr + r2) + c;
        c0.intoArray(to, y2);
        c1.intoArray(to, y2 + LANES);
        c2.intoArray(to, y2 + 2 * LANES);
        c3.intoArray(to, y2 + 3 * LANES);
        int y3 = Y.row(yr + r3) + c;
        d0.intoArray(to, y3);
        d1.intoArray(to, y3 + LANES);
        d2.intoArray(to, y3 + 2 * LANES);
        d3.intoArray(to, y3 + 3 * LANES);
    }

    private static void fourByTwo(
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
        int i0 = I.row(ir) + c;
        FloatVector a0 = fromArray(SPECIES, a, i0);
        FloatVector a1 = fromArray(SPECIES, a, i0 + LANES);
        int i1 = I.row(ir + r1) + c;
        FloatVector b0 = fromArray(SPECIES, a, i1);
        FloatVector b1 = fromArray(SPECIES, a, i1 + LANES);
        int i2 = I.row(ir + r2) + c;
        FloatVector c0 = fromArray(SPECIES, a, i2);
        FloatVector c1 = fromArray(SPECIES, a, i2 + LANES);
        int i3 = I.row(ir + r3) + c;
        FloatVector d0 = fromArray(SPECIES, a, i3);
        FloatVector d1 = fromArray(SPECIES, a, i3 + LANES);
        int x0 = X.row(xr);
        int x1 = X.row(xr + r1);
        int x2 = X.row(xr + r2);
        int x3 = X.row(xr + r3);
        for (int p = 0; p < depth; p++) {
            FloatVector w0 = fromArray(SPECIES, wide, w);
            FloatVector w1 = fromArray(SPECIES, wide, w + LANES);
            FloatVector s = broadcast(SPECIES, x[x0 + p]);
            a0 = s.fma(w0, a0);
            a1 = s.fma(w1, a1);
            s = broadcast(SPECIES, x[x1 + p]);
            b0 = s.fma(w0, b0);
            b1 = s.fma(w1, b1);
            s = broadcast(SPECIES, x[x2 + p]);
            c0 = s.fma(w0, c0);
            c1 = s.fma(w1, c1);
            s = broadcast(SPECIES, x[x3 + p]);
            d0 = s.fma(w0, d0);
            d1 = s.fma(w1, d1);
            w += lw;
        }
        float[] to = Y.array();
        int y0 = Y.row(yr) + c;
        a0.intoArray(to, y0);
        a1.intoArray(to, y0 + LANES);
        int y1 = Y.row(yr + r1) + c;
        b0.intoArray(to, y1);
        b1.intoArray(to, y1 + LANES);
        int y2 = Y.row(yr + r2) + c;
        c0.intoArray(to, y2);
        c1.intoArray(to, y2 + LANES);
        int y3 = Y.row(yr + r3) + c;
        d0.intoArray(to, y3);
        d1.intoArray(to, y3 + LANES);
    }
}
