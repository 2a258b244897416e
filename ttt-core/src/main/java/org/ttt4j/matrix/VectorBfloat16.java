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
}
