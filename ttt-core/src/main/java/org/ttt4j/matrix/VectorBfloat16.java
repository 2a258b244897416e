package org.ttt4j.matrix;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.ttt4j.kernel.VectorBlocks;

/**
 * Products with weights in bfloat16, widened in registers. Its loops call nothing but the Vector API: a small method of our
 * own within a loop may stay a call, and then every vector is boxed.
 */
final class VectorBfloat16 {

    private static final VectorSpecies<Float> SPECIES = VectorBlocks.SPECIES;
    private static final VectorSpecies<Short> SHORTS = VectorSpecies.of(short.class, SPECIES.vectorShape());
    private static final int LANES = VectorBlocks.LANES;
    /** Inputs that eight rows take at a time, so that a panel streams although it takes several passes. */
    private static final int BLOCK = 32;

    private static final int PANEL = Matrix.PANEL;
    private static final int UPPER = 0xffff0000;

    private VectorBfloat16() {}

    /** Widens n values, whole pairs of vectors. */
    static void widen(short[] w, int at, float[] to, int n) {
        for (int j = 0; j < n; j += 2 * LANES) {
            IntVector pairs = ShortVector.fromArray(SHORTS, w, at + j).reinterpretAsInts();
            pairs.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().intoArray(to, j);
            pairs.and(UPPER).reinterpretAsFloats().intoArray(to, j + LANES);
        }
    }

    /** {@code Y = I + Σ X[i] W[i]} over depth inputs, whose weights lie width apart. */
    static void product(float[] Y, int y, float[] I, int i, float[] X, int x, short[] W, int w, int width, int depth) {
        int even = width == PANEL ? depth / 2 * 2 : 0;
        for (int j = 0; j < width; j += 2 * LANES) {
            if (even > 0 && j % (4 * LANES) == 0) {
                four(Y, y + j, I, i + j, X, x, W, w + j, even);
            }
            if (even < depth) {
                two(
                        Y,
                        y + j,
                        even > 0 ? Y : I,
                        even > 0 ? y + j : i + j,
                        X,
                        x + even,
                        W,
                        w + j + even * width,
                        width,
                        depth - even);
            }
        }
    }

    /** A whole panel's columns. Two inputs at a time, the later one's weights loaded first: hardware then reads further ahead. */
    private static void four(float[] Y, int y, float[] I, int i, float[] X, int x, short[] W, int w, int depth) {
        FloatVector a = FloatVector.fromArray(SPECIES, I, i);
        FloatVector b = FloatVector.fromArray(SPECIES, I, i + LANES);
        FloatVector c = FloatVector.fromArray(SPECIES, I, i + 2 * LANES);
        FloatVector d = FloatVector.fromArray(SPECIES, I, i + 3 * LANES);
        for (int p = 0; p < depth; p += 2) {
            IntVector v1 =
                    ShortVector.fromArray(SHORTS, W, w + PANEL + 2 * LANES).reinterpretAsInts();
            IntVector u1 = ShortVector.fromArray(SHORTS, W, w + PANEL).reinterpretAsInts();
            IntVector v = ShortVector.fromArray(SHORTS, W, w + 2 * LANES).reinterpretAsInts();
            IntVector u = ShortVector.fromArray(SHORTS, W, w).reinterpretAsInts();
            FloatVector s = FloatVector.broadcast(SPECIES, X[x + p]);
            FloatVector t = FloatVector.broadcast(SPECIES, X[x + p + 1]);
            a = u.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(s, a);
            b = u.and(UPPER).reinterpretAsFloats().fma(s, b);
            c = v.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(s, c);
            d = v.and(UPPER).reinterpretAsFloats().fma(s, d);
            a = u1.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(t, a);
            b = u1.and(UPPER).reinterpretAsFloats().fma(t, b);
            c = v1.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(t, c);
            d = v1.and(UPPER).reinterpretAsFloats().fma(t, d);
            w += 2 * PANEL;
        }
        a.intoArray(Y, y);
        b.intoArray(Y, y + LANES);
        c.intoArray(Y, y + 2 * LANES);
        d.intoArray(Y, y + 3 * LANES);
    }

    private static void two(
            float[] Y, int y, float[] I, int i, float[] X, int x, short[] W, int w, int width, int depth) {
        FloatVector a = FloatVector.fromArray(SPECIES, I, i);
        FloatVector b = FloatVector.fromArray(SPECIES, I, i + LANES);
        for (int p = 0; p < depth; p++) {
            FloatVector s = FloatVector.broadcast(SPECIES, X[x + p]);
            IntVector u = ShortVector.fromArray(SHORTS, W, w).reinterpretAsInts();
            a = u.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(s, a);
            b = u.and(UPPER).reinterpretAsFloats().fma(s, b);
            w += width;
        }
        a.intoArray(Y, y);
        b.intoArray(Y, y + LANES);
    }

    /** As {@link #product}, for up to eight rows, lx, li and ly apart; of fewer the last one is computed several times over. */
    static void eightRows(
            float[] Y,
            int y,
            int ly,
            float[] I,
            int i,
            int li,
            float[] X,
            int x,
            int lx,
            short[] W,
            int w,
            int width,
            int rows,
            int depth) {
        for (int first = 0; first < depth; first += BLOCK) {
            int n = Math.min(BLOCK, depth - first);
            for (int j = 0; j < width; j += 2 * LANES) {
                if (first == 0) {
                    eight(Y, y + j, ly, I, i + j, li, X, x, lx, W, w + j, width, rows, n);
                } else {
                    eight(Y, y + j, ly, Y, y + j, ly, X, x + first, lx, W, w + j, width, rows, n);
                }
            }
            w += n * width;
        }
    }

    private static void eight(
            float[] Y,
            int y,
            int ly,
            float[] I,
            int i,
            int li,
            float[] X,
            int x,
            int lx,
            short[] W,
            int w,
            int width,
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
        int i4 = i + r4 * li;
        FloatVector e0 = FloatVector.fromArray(SPECIES, I, i4);
        FloatVector e1 = FloatVector.fromArray(SPECIES, I, i4 + LANES);
        int i5 = i + r5 * li;
        FloatVector f0 = FloatVector.fromArray(SPECIES, I, i5);
        FloatVector f1 = FloatVector.fromArray(SPECIES, I, i5 + LANES);
        int i6 = i + r6 * li;
        FloatVector g0 = FloatVector.fromArray(SPECIES, I, i6);
        FloatVector g1 = FloatVector.fromArray(SPECIES, I, i6 + LANES);
        int i7 = i + r7 * li;
        FloatVector h0 = FloatVector.fromArray(SPECIES, I, i7);
        FloatVector h1 = FloatVector.fromArray(SPECIES, I, i7 + LANES);
        int x1 = r1 * lx;
        int x2 = r2 * lx;
        int x3 = r3 * lx;
        int x4 = r4 * lx;
        int x5 = r5 * lx;
        int x6 = r6 * lx;
        int x7 = r7 * lx;
        for (int p = 0; p < depth; p++) {
            IntVector u = ShortVector.fromArray(SHORTS, W, w).reinterpretAsInts();
            FloatVector w0 = u.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
            FloatVector w1 = u.and(UPPER).reinterpretAsFloats();
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
            s = FloatVector.broadcast(SPECIES, X[x + x4]);
            e0 = s.fma(w0, e0);
            e1 = s.fma(w1, e1);
            s = FloatVector.broadcast(SPECIES, X[x + x5]);
            f0 = s.fma(w0, f0);
            f1 = s.fma(w1, f1);
            s = FloatVector.broadcast(SPECIES, X[x + x6]);
            g0 = s.fma(w0, g0);
            g1 = s.fma(w1, g1);
            s = FloatVector.broadcast(SPECIES, X[x + x7]);
            h0 = s.fma(w0, h0);
            h1 = s.fma(w1, h1);
            x++;
            w += width;
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
        int y4 = y + r4 * ly;
        e0.intoArray(Y, y4);
        e1.intoArray(Y, y4 + LANES);
        int y5 = y + r5 * ly;
        f0.intoArray(Y, y5);
        f1.intoArray(Y, y5 + LANES);
        int y6 = y + r6 * ly;
        g0.intoArray(Y, y6);
        g1.intoArray(Y, y6 + LANES);
        int y7 = y + r7 * ly;
        h0.intoArray(Y, y7);
        h1.intoArray(Y, y7 + LANES);
    }
}
