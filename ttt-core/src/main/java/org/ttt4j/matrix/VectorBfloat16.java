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
}
