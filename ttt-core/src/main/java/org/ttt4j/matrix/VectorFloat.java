package org.ttt4j.matrix;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.ttt4j.kernel.VectorBlocks;

/** One row of activations times weights in float32: every weight is read once, from one linear stream. */
final class VectorFloat {

    private static final VectorSpecies<Float> SPECIES = VectorBlocks.SPECIES;
    private static final int LANES = VectorBlocks.LANES;

    private VectorFloat() {}

    /** {@code Y = I + Σ X[i] W[i]} over depth inputs, whose weights lie width apart. */
    static void product(float[] Y, int y, float[] I, int i, float[] X, int x, float[] W, int w, int width, int depth) {
        int j = 0;
        for (; j + 3 * LANES < width; j += 4 * LANES) {
            four(Y, y + j, I, i + j, X, x, W, w + j, width, depth);
        }
        for (; j < width; j += LANES) {
            one(Y, y + j, I, i + j, X, x, W, w + j, width, depth);
        }
    }

    private static void four(
            float[] Y, int y, float[] I, int i, float[] X, int x, float[] W, int w, int width, int depth) {
        FloatVector a = FloatVector.fromArray(SPECIES, I, i);
        FloatVector b = FloatVector.fromArray(SPECIES, I, i + LANES);
        FloatVector c = FloatVector.fromArray(SPECIES, I, i + 2 * LANES);
        FloatVector d = FloatVector.fromArray(SPECIES, I, i + 3 * LANES);
        for (int p = 0; p < depth; p++) {
            FloatVector s = FloatVector.broadcast(SPECIES, X[x + p]);
            a = FloatVector.fromArray(SPECIES, W, w).fma(s, a);
            b = FloatVector.fromArray(SPECIES, W, w + LANES).fma(s, b);
            c = FloatVector.fromArray(SPECIES, W, w + 2 * LANES).fma(s, c);
            d = FloatVector.fromArray(SPECIES, W, w + 3 * LANES).fma(s, d);
            w += width;
        }
        a.intoArray(Y, y);
        b.intoArray(Y, y + LANES);
        c.intoArray(Y, y + 2 * LANES);
        d.intoArray(Y, y + 3 * LANES);
    }

    private static void one(
            float[] Y, int y, float[] I, int i, float[] X, int x, float[] W, int w, int width, int depth) {
        FloatVector a = FloatVector.fromArray(SPECIES, I, i);
        for (int p = 0; p < depth; p++) {
            a = FloatVector.fromArray(SPECIES, W, w).fma(FloatVector.broadcast(SPECIES, X[x + p]), a);
            w += width;
        }
        a.intoArray(Y, y);
    }
}
