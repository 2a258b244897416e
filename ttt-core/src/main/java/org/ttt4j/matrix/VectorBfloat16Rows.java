package org.ttt4j.matrix;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.ttt4j.kernel.VectorBlocks;

/**
 * Products of a few rows with weights in bfloat16, widened in registers, four rows at a time through a whole panel. The first
 * four read it from memory with few instructions for every cache line, so that many lines are on their way at a time; the
 * others find it near.
 */
final class VectorBfloat16Rows {

    private static final VectorSpecies<Float> SPECIES = VectorBlocks.SPECIES;
    private static final VectorSpecies<Short> SHORTS = VectorSpecies.of(short.class, SPECIES.vectorShape());
    private static final int LANES = VectorBlocks.LANES;
    private static final int UPPER = 0xffff0000;

    /** AVX2 has 16 registers: eight sums, two vectors of W, one of X. AVX-512 and NEON have 32. */
    private static final boolean MANY_REGISTERS = LANES != 8;

    private VectorBfloat16Rows() {}

    /** {@code Y[t] = I[t] + Σ X[t, i] W[i]} over depth inputs, whose weights lie width apart; rows lie ly, li and lx apart. */
    static void product(
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
        int j = 0;
        for (; MANY_REGISTERS && j + 3 * LANES < width; j += 4 * LANES) {
            for (int t = 0; t < rows; t += 4) {
                fourByFour(
                        Y,
                        y + t * ly + j,
                        ly,
                        I,
                        i + t * li + j,
                        li,
                        X,
                        x + t * lx,
                        lx,
                        W,
                        w + j,
                        width,
                        rows - t,
                        depth);
            }
        }
        for (; j < width; j += 2 * LANES) {
            for (int t = 0; t < rows; t += 4) {
                fourByTwo(
                        Y,
                        y + t * ly + j,
                        ly,
                        I,
                        i + t * li + j,
                        li,
                        X,
                        x + t * lx,
                        lx,
                        W,
                        w + j,
                        width,
                        rows - t,
                        depth);
            }
        }
    }

    /** Of fewer than four rows the last one is computed several times over. */
    private static void fourByFour(
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
        int x1 = x + r1 * lx;
        int x2 = x + r2 * lx;
        int x3 = x + r3 * lx;
        for (int p = 0; p < depth; p++) {
            IntVector u = ShortVector.fromArray(SHORTS, W, w).reinterpretAsInts();
            IntVector v = ShortVector.fromArray(SHORTS, W, w + 2 * LANES).reinterpretAsInts();
            FloatVector w0 = u.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
            FloatVector w1 = u.and(UPPER).reinterpretAsFloats();
            FloatVector w2 = v.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
            FloatVector w3 = v.and(UPPER).reinterpretAsFloats();
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
            w += width;
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
            int lx,
            short[] W,
            int w,
            int width,
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
        int x1 = x + r1 * lx;
        int x2 = x + r2 * lx;
        int x3 = x + r3 * lx;
        for (int p = 0; p < depth; p++) {
            IntVector u = ShortVector.fromArray(SHORTS, W, w).reinterpretAsInts();
            FloatVector w0 = u.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
            FloatVector w1 = u.and(UPPER).reinterpretAsFloats();
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
    }
}
