package org.ttt4j.matrix;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.ttt4j.kernel.VectorBlocks;

/** Products with weights in bfloat16, widened in registers. */
final class VectorBfloat16 {

    private static final VectorSpecies<Float> SPECIES = VectorBlocks.SPECIES;
    private static final VectorSpecies<Short> SHORTS = VectorSpecies.of(short.class, SPECIES.vectorShape());
    private static final int LANES = VectorBlocks.LANES;
    private static final int UPPER = 0xffff0000;

    private VectorBfloat16() {}

    private static IntVector pairs(short[] w, int at) {
        return ShortVector.fromArray(SHORTS, w, at).reinterpretAsInts();
    }

    private static FloatVector lower(IntVector pairs) {
        return pairs.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
    }

    private static FloatVector upper(IntVector pairs) {
        return pairs.and(UPPER).reinterpretAsFloats();
    }

    /** Widens n values, whole pairs of vectors. */
    static void widen(short[] w, int at, float[] to, int n) {
        for (int j = 0; j < n; j += 2 * LANES) {
            IntVector pairs = pairs(w, at + j);
            lower(pairs).intoArray(to, j);
            upper(pairs).intoArray(to, j + LANES);
        }
    }

    /** {@code Y = I + Σ X[i] W[i]} over depth inputs, whose weights lie width apart. */
    static void product(float[] Y, int y, float[] I, int i, float[] X, int x, short[] W, int w, int width, int depth) {
        int j = 0;
        for (; j + 3 * LANES < width; j += 4 * LANES) {
            four(Y, y + j, I, i + j, X, x, W, w + j, width, depth);
        }
        for (; j < width; j += 2 * LANES) {
            two(Y, y + j, I, i + j, X, x, W, w + j, width, depth);
        }
    }

    private static void four(
            float[] Y, int y, float[] I, int i, float[] X, int x, short[] W, int w, int width, int depth) {
        FloatVector a = FloatVector.fromArray(SPECIES, I, i);
        FloatVector b = FloatVector.fromArray(SPECIES, I, i + LANES);
        FloatVector c = FloatVector.fromArray(SPECIES, I, i + 2 * LANES);
        FloatVector d = FloatVector.fromArray(SPECIES, I, i + 3 * LANES);
        for (int p = 0; p < depth; p++) {
            FloatVector s = FloatVector.broadcast(SPECIES, X[x + p]);
            IntVector u = pairs(W, w);
            IntVector v = pairs(W, w + 2 * LANES);
            a = lower(u).fma(s, a);
            b = upper(u).fma(s, b);
            c = lower(v).fma(s, c);
            d = upper(v).fma(s, d);
            w += width;
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
            IntVector u = pairs(W, w);
            a = lower(u).fma(s, a);
            b = upper(u).fma(s, b);
            w += width;
        }
        a.intoArray(Y, y);
        b.intoArray(Y, y + LANES);
    }
}
