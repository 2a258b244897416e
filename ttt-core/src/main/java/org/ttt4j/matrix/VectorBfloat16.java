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
        for (int j = 0; j < width; j += 2 * LANES) {
            two(Y, y + j, I, i + j, X, x, W, w + j, width, depth);
        }
    }

    /**
     * {@code Y[y] += Σ X[i] W[w + i]} and {@code Y[y2] += Σ X[i] W[w2 + i]} for two whole panels in step: a core reads two
     * streams faster than one.
     */
    static void pair(float[] Y, int y, int y2, float[] X, int x, short[] W, int w, int w2, int depth) {
        for (int j = 0; j < PANEL; j += 4 * LANES) {
            fourOfBoth(Y, y + j, y2 + j, X, x, W, w + j, w2 + j, depth);
        }
    }

    private static void fourOfBoth(float[] Y, int y, int y2, float[] X, int x, short[] W, int w, int w2, int depth) {
        FloatVector a = FloatVector.fromArray(SPECIES, Y, y);
        FloatVector b = FloatVector.fromArray(SPECIES, Y, y + LANES);
        FloatVector c = FloatVector.fromArray(SPECIES, Y, y + 2 * LANES);
        FloatVector d = FloatVector.fromArray(SPECIES, Y, y + 3 * LANES);
        FloatVector e = FloatVector.fromArray(SPECIES, Y, y2);
        FloatVector f = FloatVector.fromArray(SPECIES, Y, y2 + LANES);
        FloatVector g = FloatVector.fromArray(SPECIES, Y, y2 + 2 * LANES);
        FloatVector h = FloatVector.fromArray(SPECIES, Y, y2 + 3 * LANES);
        for (int p = 0; p < depth; p++) {
            FloatVector s = FloatVector.broadcast(SPECIES, X[x + p]);
            IntVector u = ShortVector.fromArray(SHORTS, W, w).reinterpretAsInts();
            IntVector v = ShortVector.fromArray(SHORTS, W, w2).reinterpretAsInts();
            a = u.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(s, a);
            b = u.and(UPPER).reinterpretAsFloats().fma(s, b);
            e = v.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(s, e);
            f = v.and(UPPER).reinterpretAsFloats().fma(s, f);
            u = ShortVector.fromArray(SHORTS, W, w + 2 * LANES).reinterpretAsInts();
            v = ShortVector.fromArray(SHORTS, W, w2 + 2 * LANES).reinterpretAsInts();
            c = u.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(s, c);
            d = u.and(UPPER).reinterpretAsFloats().fma(s, d);
            g = v.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(s, g);
            h = v.and(UPPER).reinterpretAsFloats().fma(s, h);
            w += PANEL;
            w2 += PANEL;
        }
        a.intoArray(Y, y);
        b.intoArray(Y, y + LANES);
        c.intoArray(Y, y + 2 * LANES);
        d.intoArray(Y, y + 3 * LANES);
        e.intoArray(Y, y2);
        f.intoArray(Y, y2 + LANES);
        g.intoArray(Y, y2 + 2 * LANES);
        h.intoArray(Y, y2 + 3 * LANES);
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
