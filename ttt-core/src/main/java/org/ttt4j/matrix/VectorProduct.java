package org.ttt4j.matrix;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.ttt4j.kernel.VectorBlocks;

/**
 * The product of many rows, {@code Y[i] = I[i] + sum over p of X(i, p) W[p]}, in blocks of rows and vectors
 * that stay in registers. X(i, p) lies at {@code x + i xr + p xp}, so that X may be transposed, and rows of I at
 * {@code i + t li}, so that they may be one and the same.
 *
 * <p>Rows are taken four or eight at a time; of a smaller rest the last row is computed several times over, which costs less
 * than another kernel would. Columns are taken in whole vectors, so rows of Y, I and W must be padded to that.
 */
public final class VectorProduct {

    private static final VectorSpecies<Float> SPECIES = VectorBlocks.SPECIES;
    private static final int LANES = VectorBlocks.LANES;

    /** AVX2 has 16 registers: eight sums, two vectors of W, one of X. AVX-512 and NEON have 32. */
    private static final boolean MANY_REGISTERS = LANES != 8;

    private VectorProduct() {}

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
            int xp,
            float[] W,
            int w,
            int lw,
            int rows,
            int depth,
            int n) {
        int j = 0;
        for (; MANY_REGISTERS && j + 3 * LANES < n; j += 4 * LANES) {
            for (int t = 0; t < rows; t += 4) {
                fourByFour(
                        Y,
                        y + t * ly + j,
                        ly,
                        I,
                        i + t * li + j,
                        li,
                        X,
                        x + t * xr,
                        xr,
                        xp,
                        W,
                        w + j,
                        lw,
                        rows - t,
                        depth);
            }
        }
        for (; j + LANES < n; j += 2 * LANES) {
            for (int t = 0; t < rows; t += 4) {
                fourByTwo(
                        Y,
                        y + t * ly + j,
                        ly,
                        I,
                        i + t * li + j,
                        li,
                        X,
                        x + t * xr,
                        xr,
                        xp,
                        W,
                        w + j,
                        lw,
                        rows - t,
                        depth);
            }
        }
        for (; j < n; j += LANES) {
            for (int t = 0; t < rows; t += 8) {
                eightByOne(
                        Y,
                        y + t * ly + j,
                        ly,
                        I,
                        i + t * li + j,
                        li,
                        X,
                        x + t * xr,
                        xr,
                        xp,
                        W,
                        w + j,
                        lw,
                        rows - t,
                        depth);
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
            int xp,
            float[] W,
            int w,
            int lw,
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
        int x1 = r1 * xr;
        int x2 = r2 * xr;
        int x3 = r3 * xr;
        for (int p = 0; p < depth; p++) {
            FloatVector w0 = FloatVector.fromArray(SPECIES, W, w);
            FloatVector w1 = FloatVector.fromArray(SPECIES, W, w + LANES);
            FloatVector w2 = FloatVector.fromArray(SPECIES, W, w + 2 * LANES);
            FloatVector w3 = FloatVector.fromArray(SPECIES, W, w + 3 * LANES);
            FloatVector s = FloatVector.broadcast(SPECIES, X[x]);
            a0 = s.fma(w0, a0);
            a1 = s.fma(w1, a1);
            a2 = s.fma(w2, a2);
            a3 = s.fma(w3, a3);
            s = FloatVector.broadcast(SPECIES, X[x + x1]);
            b0 = s.fma(w0, b0);
            b1 = s.fma(w1, b1);
            b2 = s.fma(w2, b2);
            b3 = s.fma(w3, b3);
            s = FloatVector.broadcast(SPECIES, X[x + x2]);
            c0 = s.fma(w0, c0);
            c1 = s.fma(w1, c1);
            c2 = s.fma(w2, c2);
            c3 = s.fma(w3, c3);
            s = FloatVector.broadcast(SPECIES, X[x + x3]);
            d0 = s.fma(w0, d0);
            d1 = s.fma(w1, d1);
            d2 = s.fma(w2, d2);
            d3 = s.fma(w3, d3);
            x += xp;
            w += lw;
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
            int xp,
            float[] W,
            int w,
            int lw,
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
        int x1 = r1 * xr;
        int x2 = r2 * xr;
        int x3 = r3 * xr;
        for (int p = 0; p < depth; p++) {
            FloatVector w0 = FloatVector.fromArray(SPECIES, W, w);
            FloatVector w1 = FloatVector.fromArray(SPECIES, W, w + LANES);
            FloatVector s = FloatVector.broadcast(SPECIES, X[x]);
            a0 = s.fma(w0, a0);
            a1 = s.fma(w1, a1);
            s = FloatVector.broadcast(SPECIES, X[x + x1]);
            b0 = s.fma(w0, b0);
            b1 = s.fma(w1, b1);
            s = FloatVector.broadcast(SPECIES, X[x + x2]);
            c0 = s.fma(w0, c0);
            c1 = s.fma(w1, c1);
            s = FloatVector.broadcast(SPECIES, X[x + x3]);
            d0 = s.fma(w0, d0);
            d1 = s.fma(w1, d1);
            x += xp;
            w += lw;
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

    private static void eightByOne(
            float[] Y,
            int y,
            int ly,
            float[] I,
            int i,
            int li,
            float[] X,
            int x,
            int xr,
            int xp,
            float[] W,
            int w,
            int lw,
            int rows,
            int depth) {
        int r1 = Math.min(1, rows - 1);
        int r2 = Math.min(2, rows - 1);
        int r3 = Math.min(3, rows - 1);
        int r4 = Math.min(4, rows - 1);
        int r5 = Math.min(5, rows - 1);
        int r6 = Math.min(6, rows - 1);
        int r7 = Math.min(7, rows - 1);
        FloatVector a0 = FloatVector.fromArray(SPECIES, I, i);
        int i1 = i + r1 * li;
        FloatVector b0 = FloatVector.fromArray(SPECIES, I, i1);
        int i2 = i + r2 * li;
        FloatVector c0 = FloatVector.fromArray(SPECIES, I, i2);
        int i3 = i + r3 * li;
        FloatVector d0 = FloatVector.fromArray(SPECIES, I, i3);
        int i4 = i + r4 * li;
        FloatVector e0 = FloatVector.fromArray(SPECIES, I, i4);
        int i5 = i + r5 * li;
        FloatVector f0 = FloatVector.fromArray(SPECIES, I, i5);
        int i6 = i + r6 * li;
        FloatVector g0 = FloatVector.fromArray(SPECIES, I, i6);
        int i7 = i + r7 * li;
        FloatVector h0 = FloatVector.fromArray(SPECIES, I, i7);
        int x1 = r1 * xr;
        int x2 = r2 * xr;
        int x3 = r3 * xr;
        int x4 = r4 * xr;
        int x5 = r5 * xr;
        int x6 = r6 * xr;
        int x7 = r7 * xr;
        for (int p = 0; p < depth; p++) {
            FloatVector w0 = FloatVector.fromArray(SPECIES, W, w);
            FloatVector s = FloatVector.broadcast(SPECIES, X[x]);
            a0 = s.fma(w0, a0);
            s = FloatVector.broadcast(SPECIES, X[x + x1]);
            b0 = s.fma(w0, b0);
            s = FloatVector.broadcast(SPECIES, X[x + x2]);
            c0 = s.fma(w0, c0);
            s = FloatVector.broadcast(SPECIES, X[x + x3]);
            d0 = s.fma(w0, d0);
            s = FloatVector.broadcast(SPECIES, X[x + x4]);
            e0 = s.fma(w0, e0);
            s = FloatVector.broadcast(SPECIES, X[x + x5]);
            f0 = s.fma(w0, f0);
            s = FloatVector.broadcast(SPECIES, X[x + x6]);
            g0 = s.fma(w0, g0);
            s = FloatVector.broadcast(SPECIES, X[x + x7]);
            h0 = s.fma(w0, h0);
            x += xp;
            w += lw;
        }
        a0.intoArray(Y, y);
        int y1 = y + r1 * ly;
        b0.intoArray(Y, y1);
        int y2 = y + r2 * ly;
        c0.intoArray(Y, y2);
        int y3 = y + r3 * ly;
        d0.intoArray(Y, y3);
        int y4 = y + r4 * ly;
        e0.intoArray(Y, y4);
        int y5 = y + r5 * ly;
        f0.intoArray(Y, y5);
        int y6 = y + r6 * ly;
        g0.intoArray(Y, y6);
        int y7 = y + r7 * ly;
        h0.intoArray(Y, y7);
    }
}
