package org.ttt4j.matrix;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.ttt4j.kernel.VectorBlocks;

/**
 * The product of many rows with a panel, {@code Y[i] = I[i] + sum over p of X[i, p] W[p]}: {@link VectorProduct} where values of
 * a row of X are neighbours and rows of W lie {@value #STRIDE} apart. As these distances are constants, the compiler checks
 * the arrays' bounds before the innermost loop and not within, which makes a tenth of the speed, on AVX2 a quarter.
 */
public final class VectorPanelProduct {

    private static final VectorSpecies<Float> SPECIES = VectorBlocks.SPECIES;
    private static final int LANES = VectorBlocks.LANES;
    private static final int STRIDE = Matrix.PANEL;

    /** AVX2 has 16 registers: eight sums, two vectors of W, one of X. AVX-512 and NEON have 32. */
    private static final boolean MANY_REGISTERS = LANES != 8;

    private VectorPanelProduct() {}

    /** @param lw from a row of W to the next; fast only where it is that of a whole panel */
    public static void product(
            float[] Y,
            int y,
            int ly,
            float[] I,
            int i,
            int li,
            float[] X,
            int x,
            int xr,
            float[] W,
            int w,
            int lw,
            int rows,
            int depth,
            int n) {
        if (lw != STRIDE) {
            VectorProduct.product(Y, y, ly, I, i, li, X, x, xr, 1, W, w, lw, rows, depth, n);
            return;
        }
        int j = 0;
        for (; MANY_REGISTERS && j + 3 * LANES < n; j += 4 * LANES) {
            for (int t = 0; t < rows; t += 4) {
                int at = x + t * xr;
                fourByFour(Y, y + t * ly + j, ly, I, i + t * li + j, li, X, at, xr, W, w + j, rows - t, depth);
            }
        }
        for (; j < n; j += 2 * LANES) {
            for (int t = 0; t < rows; t += 4) {
                int at = x + t * xr;
                fourByTwo(Y, y + t * ly + j, ly, I, i + t * li + j, li, X, at, xr, W, w + j, rows - t, depth);
            }
        }
    }

    private static void fourByFour(
            float[] Y,
            int y,
            int ly,
            float[] I,
            int i,
            int li,
            float[] X,
            int x,
            int xr,
            float[] W,
            int w,
            int rows,
            int depth) {
        int r1 = Math.min(1, rows - 1);
        int r2 = Math.min(2, rows - 1);
        int r3 = Math.min(3, rows - 1);
        FloatVector a0 = FloatVector.fromArray(SPECIES, I, i);
        FloatVector a1 = FloatVector.fromArray(SPECIES, I, i + LANES);
        FloatVector a2 = FloatVector.fromArray(SPECIES, I, i + 2 * LANES);
        FloatVector a3 = FloatVector.fromArray(SPECIES, I, i + 3 * LANES);
        int i1 = i + r1 * li;
        FloatVector b0 = FloatVector.fromArray(SPECIES, I, i1);
        FloatVector b1 = FloatVector.fromArray(SPECIES, I, i1 + LANES);
        FloatVector b2 = FloatVector.fromArray(SPECIES, I, i1 + 2 * LANES);
        FloatVector b3 = FloatVector.fromArray(SPECIES, I, i1 + 3 * LANES);
        int i2 = i + r2 * li;
        FloatVector c0 = FloatVector.fromArray(SPECIES, I, i2);
        FloatVector c1 = FloatVector.fromArray(SPECIES, I, i2 + LANES);
        FloatVector c2 = FloatVector.fromArray(SPECIES, I, i2 + 2 * LANES);
        FloatVector c3 = FloatVector.fromArray(SPECIES, I, i2 + 3 * LANES);
        int i3 = i + r3 * li;
        FloatVector d0 = FloatVector.fromArray(SPECIES, I, i3);
        FloatVector d1 = FloatVector.fromArray(SPECIES, I, i3 + LANES);
        FloatVector d2 = FloatVector.fromArray(SPECIES, I, i3 + 2 * LANES);
        FloatVector d3 = FloatVector.fromArray(SPECIES, I, i3 + 3 * LANES);
        int x1 = x + r1 * xr;
        int x2 = x + r2 * xr;
        int x3 = x + r3 * xr;
        for (int p = 0; p < depth; p++) {
            FloatVector w0 = FloatVector.fromArray(SPECIES, W, w + p * STRIDE);
            FloatVector w1 = FloatVector.fromArray(SPECIES, W, w + p * STRIDE + LANES);
            FloatVector w2 = FloatVector.fromArray(SPECIES, W, w + p * STRIDE + 2 * LANES);
            FloatVector w3 = FloatVector.fromArray(SPECIES, W, w + p * STRIDE + 3 * LANES);
            FloatVector s = FloatVector.broadcast(SPECIES, X[x + p]);
            a0 = s.fma(w0, a0);
            a1 = s.fma(w1, a1);
            a2 = s.fma(w2, a2);
            a3 = s.fma(w3, a3);
            s = FloatVector.broadcast(SPECIES, X[x1 + p]);
            b0 = s.fma(w0, b0);
            b1 = s.fma(w1, b1);
            b2 = s.fma(w2, b2);
            b3 = s.fma(w3, b3);
            s = FloatVector.broadcast(SPECIES, X[x2 + p]);
            c0 = s.fma(w0, c0);
            c1 = s.fma(w1, c1);
            c2 = s.fma(w2, c2);
            c3 = s.fma(w3, c3);
            s = FloatVector.broadcast(SPECIES, X[x3 + p]);
            d0 = s.fma(w0, d0);
            d1 = s.fma(w1, d1);
            d2 = s.fma(w2, d2);
            d3 = s.fma(w3, d3);
        }
        a0.intoArray(Y, y);
        a1.intoArray(Y, y + LANES);
        a2.intoArray(Y, y + 2 * LANES);
        a3.intoArray(Y, y + 3 * LANES);
        int y1 = y + r1 * ly;
        b0.intoArray(Y, y1);
        b1.intoArray(Y, y1 + LANES);
        b2.intoArray(Y, y1 + 2 * LANES);
        b3.intoArray(Y, y1 + 3 * LANES);
        int y2 = y + r2 * ly;
        c0.intoArray(Y, y2);
        c1.intoArray(Y, y2 + LANES);
        c2.intoArray(Y, y2 + 2 * LANES);
        c3.intoArray(Y, y2 + 3 * LANES);
        int y3 = y + r3 * ly;
        d0.intoArray(Y, y3);
        d1.intoArray(Y, y3 + LANES);
        d2.intoArray(Y, y3 + 2 * LANES);
        d3.intoArray(Y, y3 + 3 * LANES);
    }

    private static void fourByTwo(
            float[] Y,
            int y,
            int ly,
            float[] I,
            int i,
            int li,
            float[] X,
            int x,
            int xr,
            float[] W,
            int w,
            int rows,
            int depth) {
        int r1 = Math.min(1, rows - 1);
        int r2 = Math.min(2, rows - 1);
        int r3 = Math.min(3, rows - 1);
        FloatVector a0 = FloatVector.fromArray(SPECIES, I, i);
        FloatVector a1 = FloatVector.fromArray(SPECIES, I, i + LANES);
        int i1 = i + r1 * li;
        FloatVector b0 = FloatVector.fromArray(SPECIES, I, i1);
        FloatVector b1 = FloatVector.fromArray(SPECIES, I, i1 + LANES);
        int i2 = i + r2 * li;
        FloatVector c0 = FloatVector.fromArray(SPECIES, I, i2);
        FloatVector c1 = FloatVector.fromArray(SPECIES, I, i2 + LANES);
        int i3 = i + r3 * li;
        FloatVector d0 = FloatVector.fromArray(SPECIES, I, i3);
        FloatVector d1 = FloatVector.fromArray(SPECIES, I, i3 + LANES);
        int x1 = x + r1 * xr;
        int x2 = x + r2 * xr;
        int x3 = x + r3 * xr;
        for (int p = 0; p < depth; p++) {
            FloatVector w0 = FloatVector.fromArray(SPECIES, W, w + p * STRIDE);
            FloatVector w1 = FloatVector.fromArray(SPECIES, W, w + p * STRIDE + LANES);
            FloatVector s = FloatVector.broadcast(SPECIES, X[x + p]);
            a0 = s.fma(w0, a0);
            a1 = s.fma(w1, a1);
            s = FloatVector.broadcast(SPECIES, X[x1 + p]);
            b0 = s.fma(w0, b0);
            b1 = s.fma(w1, b1);
            s = FloatVector.broadcast(SPECIES, X[x2 + p]);
            c0 = s.fma(w0, c0);
            c1 = s.fma(w1, c1);
            s = FloatVector.broadcast(SPECIES, X[x3 + p]);
            d0 = s.fma(w0, d0);
            d1 = s.fma(w1, d1);
        }
        a0.intoArray(Y, y);
        a1.intoArray(Y, y + LANES);
        int y1 = y + r1 * ly;
        b0.intoArray(Y, y1);
        b1.intoArray(Y, y1 + LANES);
        int y2 = y + r2 * ly;
        c0.intoArray(Y, y2);
        c1.intoArray(Y, y2 + LANES);
        int y3 = y + r3 * ly;
        d0.intoArray(Y, y3);
        d1.intoArray(Y, y3 + LANES);
    }
}
