package org.ttt4j.matrix;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;
import org.ttt4j.kernel.VectorBlocks;

/** Products with weights in {@link WeightType#Q8_0}, widened in registers. */
final class VectorQ8 {

    private static final VectorSpecies<Float> SPECIES = VectorBlocks.SPECIES;
    private static final int LANES = VectorBlocks.LANES;
    /** No byte vector is shorter than 64 bits: four lanes read four bytes too many. */
    private static final int BYTES = Math.max(Long.BYTES, LANES);

    private static final VectorSpecies<Byte> QUANTS =
            VectorSpecies.of(byte.class, VectorShape.forBitSize(BYTES * Byte.SIZE));
    private static final int BLOCK = WeightType.BLOCK;

    /** Bytes that an array must have beyond its last weight. */
    static final int SLACK = BYTES - LANES;

    private VectorQ8() {}

    private static FloatVector load(byte[] w, int at) {
        return (FloatVector) ByteVector.fromArray(QUANTS, w, at).convertShape(VectorOperators.B2F, SPECIES, 0);
    }

    /** Widens depth inputs, beginning with a block, whose weights lie width apart. */
    static void widen(byte[] w, int at, float[] scales, int scale, float[] to, int width, int depth) {
        for (int j = 0; j < width; j += LANES) {
            for (int first = 0; first < depth; first += BLOCK) {
                int n = Math.min(BLOCK, depth - first);
                FloatVector s = FloatVector.fromArray(SPECIES, scales, scale + first / BLOCK * width + j);
                widenBlock(w, at + first * width + j, s, to, first * width + j, width, n);
            }
        }
    }

    private static void widenBlock(byte[] w, int at, FloatVector scale, float[] to, int first, int width, int n) {
        for (int p = 0; p < n; p++) {
            load(w, at + p * width).mul(scale).intoArray(to, first + p * width);
        }
    }

    /** {@code Y = I + Σ X[i] W[i]} over depth inputs, beginning with a block, whose weights lie width apart. */
    static void product(
            float[] Y,
            int y,
            float[] I,
            int i,
            float[] X,
            int x,
            byte[] W,
            int w,
            float[] scales,
            int scale,
            int width,
            int depth) {
        int j = 0;
        for (; j + 3 * LANES < width; j += 4 * LANES) {
            four(Y, y + j, I, i + j, X, x, W, w + j, scales, scale + j, width, depth);
        }
        for (; j < width; j += LANES) {
            one(Y, y + j, I, i + j, X, x, W, w + j, scales, scale + j, width, depth);
        }
    }

    private static void four(
            float[] Y,
            int y,
            float[] I,
            int i,
            float[] X,
            int x,
            byte[] W,
            int w,
            float[] scales,
            int scale,
            int width,
            int depth) {
        FloatVector a = FloatVector.fromArray(SPECIES, I, i);
        FloatVector b = FloatVector.fromArray(SPECIES, I, i + LANES);
        FloatVector c = FloatVector.fromArray(SPECIES, I, i + 2 * LANES);
        FloatVector d = FloatVector.fromArray(SPECIES, I, i + 3 * LANES);
        for (int first = 0; first < depth; first += BLOCK) {
            FloatVector ka = FloatVector.fromArray(SPECIES, scales, scale);
            FloatVector kb = FloatVector.fromArray(SPECIES, scales, scale + LANES);
            FloatVector kc = FloatVector.fromArray(SPECIES, scales, scale + 2 * LANES);
            FloatVector kd = FloatVector.fromArray(SPECIES, scales, scale + 3 * LANES);
            int end = Math.min(first + BLOCK, depth);
            for (int p = first; p < end; p++) {
                FloatVector s = FloatVector.broadcast(SPECIES, X[x + p]);
                a = load(W, w).mul(ka).fma(s, a);
                b = load(W, w + LANES).mul(kb).fma(s, b);
                c = load(W, w + 2 * LANES).mul(kc).fma(s, c);
                d = load(W, w + 3 * LANES).mul(kd).fma(s, d);
                w += width;
            }
            scale += width;
        }
        a.intoArray(Y, y);
        b.intoArray(Y, y + LANES);
        c.intoArray(Y, y + 2 * LANES);
        d.intoArray(Y, y + 3 * LANES);
    }

    private static void one(
            float[] Y,
            int y,
            float[] I,
            int i,
            float[] X,
            int x,
            byte[] W,
            int w,
            float[] scales,
            int scale,
            int width,
            int depth) {
        FloatVector a = FloatVector.fromArray(SPECIES, I, i);
        for (int first = 0; first < depth; first += BLOCK) {
            FloatVector k = FloatVector.fromArray(SPECIES, scales, scale);
            int end = Math.min(first + BLOCK, depth);
            for (int p = first; p < end; p++) {
                a = load(W, w).mul(k).fma(FloatVector.broadcast(SPECIES, X[x + p]), a);
                w += width;
            }
            scale += width;
        }
        a.intoArray(Y, y);
    }
}
