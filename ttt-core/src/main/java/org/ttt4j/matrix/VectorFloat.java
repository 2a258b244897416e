package org.ttt4j.matrix;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.ttt4j.kernel.VectorBlocks;

/** One row of activations times weights in float32: every weight is read once, from linear streams. */
final class VectorFloat {

    private static final VectorSpecies<Float> SPECIES = VectorBlocks.SPECIES;
    private static final int LANES = VectorBlocks.LANES;
    private static final int PANEL = Matrix.PANEL;

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

    /**
     * {@code Y[y] += Σ X[i] W[w + i]} and {@code Y[y2] += Σ X[i] W[w2 + i]} for two whole panels in step: a core reads two
     * streams faster than one.
     */
    static void pair(float[] Y, int y, int y2, float[] X, int x, float[] W, int w, int w2, int depth) {
        for (int j = 0; j < PANEL; j += 4 * LANES) {
            fourOfBoth(Y, y + j, y2 + j, X, x, W, w + j, w2 + j, depth);
        }
    }

    private static void fourOfBoth(float[] Y, int y, int y2, float[] X, int x, float[] W, int w, int w2, int depth) {
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
            a = FloatVector.fromArray(SPECIES, W, w).fma(s, a);
            e = FloatVector.fromArray(SPECIES, W, w2).fma(s, e);
            b = FloatVector.fromArray(SPECIES, W, w + LANES).fma(s, b);
            f = FloatVector.fromArray(SPECIES, W, w2 + LANES).fma(s, f);
            c = FloatVector.fromArray(SPECIES, W, w + 2 * LANES).fma(s, c);
            g = FloatVector.fromArray(SPECIES, W, w2 + 2 * LANES).fma(s, g);
            d = FloatVector.fromArray(SPECIES, W, w + 3 * LANES).fma(s, d);
            h = FloatVector.fromArray(SPECIES, W, w2 + 3 * LANES).fma(s, h);
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
