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
    private static final int PANEL = Matrix.PANEL;
    private static final int BLOCK = WeightType.BLOCK;

    /** Bytes that an array must have beyond its last weight. */
    static final int SLACK = BYTES - LANES;

    private VectorQ8() {}

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
            FloatVector q = (FloatVector)
                    ByteVector.fromArray(QUANTS, w, at + p * width).convertShape(VectorOperators.B2F, SPECIES, 0);
            q.mul(scale).intoArray(to, first + p * width);
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
        for (; j + LANES < width; j += 2 * LANES) {
            FloatVector.fromArray(SPECIES, I, i + j).intoArray(Y, y + j);
            FloatVector.fromArray(SPECIES, I, i + j + LANES).intoArray(Y, y + j + LANES);
        }
        for (int first = 0; first < depth; first += BLOCK) {
            int n = Math.min(BLOCK, depth - first);
            int even = n / 2 * 2;
            j = 0;
            for (; width == PANEL && j < width; j += 4 * LANES) {
                fourColumns(Y, y + j, X, x + first, W, w + j, scales, scale + j, even);
            }
            for (; j < width; j += LANES) {
                oneColumn(Y, y + j, X, x + first, W, w + j, scales, scale + j, width, even);
            }
            w += even * width;
            if (even < n) {
                for (j = 0; j < width; j += LANES) {
                    oneColumn(Y, y + j, X, x + first + even, W, w + j, scales, scale + j, width, 1);
                }
                w += width;
            }
            scale += width;
        }
    }

    /** Adds up to a block of inputs to a whole panel's columns, two at a time, the later one's weights loaded first: hardware then reads further ahead. */
    private static void fourColumns(
            float[] Y, int y, float[] X, int x, byte[] W, int w, float[] scales, int scale, int n) {
        FloatVector a = FloatVector.fromArray(SPECIES, Y, y);
        FloatVector b = FloatVector.fromArray(SPECIES, Y, y + LANES);
        FloatVector c = FloatVector.fromArray(SPECIES, Y, y + 2 * LANES);
        FloatVector d = FloatVector.fromArray(SPECIES, Y, y + 3 * LANES);
        FloatVector ka = FloatVector.fromArray(SPECIES, scales, scale);
        FloatVector kb = FloatVector.fromArray(SPECIES, scales, scale + LANES);
        FloatVector kc = FloatVector.fromArray(SPECIES, scales, scale + 2 * LANES);
        FloatVector kd = FloatVector.fromArray(SPECIES, scales, scale + 3 * LANES);
        for (int p = 0; p < n; p += 2) {
            FloatVector s = FloatVector.broadcast(SPECIES, X[x + p]);
            FloatVector t = FloatVector.broadcast(SPECIES, X[x + p + 1]);
            FloatVector q1 = (FloatVector)
                    ByteVector.fromArray(QUANTS, W, w + PANEL).convertShape(VectorOperators.B2F, SPECIES, 0);
            FloatVector q =
                    (FloatVector) ByteVector.fromArray(QUANTS, W, w).convertShape(VectorOperators.B2F, SPECIES, 0);
            a = q1.mul(ka).fma(t, q.mul(ka).fma(s, a));
            q1 = (FloatVector)
                    ByteVector.fromArray(QUANTS, W, w + PANEL + LANES).convertShape(VectorOperators.B2F, SPECIES, 0);
            q = (FloatVector) ByteVector.fromArray(QUANTS, W, w + LANES).convertShape(VectorOperators.B2F, SPECIES, 0);
            b = q1.mul(kb).fma(t, q.mul(kb).fma(s, b));
            q1 = (FloatVector) ByteVector.fromArray(QUANTS, W, w + PANEL + 2 * LANES)
                    .convertShape(VectorOperators.B2F, SPECIES, 0);
            q = (FloatVector)
                    ByteVector.fromArray(QUANTS, W, w + 2 * LANES).convertShape(VectorOperators.B2F, SPECIES, 0);
            c = q1.mul(kc).fma(t, q.mul(kc).fma(s, c));
            q1 = (FloatVector) ByteVector.fromArray(QUANTS, W, w + PANEL + 3 * LANES)
                    .convertShape(VectorOperators.B2F, SPECIES, 0);
            q = (FloatVector)
                    ByteVector.fromArray(QUANTS, W, w + 3 * LANES).convertShape(VectorOperators.B2F, SPECIES, 0);
            d = q1.mul(kd).fma(t, q.mul(kd).fma(s, d));
            w += 2 * PANEL;
        }
        a.intoArray(Y, y);
        b.intoArray(Y, y + LANES);
        c.intoArray(Y, y + 2 * LANES);
        d.intoArray(Y, y + 3 * LANES);
    }

    private static void oneColumn(
            float[] Y, int y, float[] X, int x, byte[] W, int w, float[] scales, int scale, int width, int n) {
        FloatVector a = FloatVector.fromArray(SPECIES, Y, y);
        FloatVector k = FloatVector.fromArray(SPECIES, scales, scale);
        for (int p = 0; p < n; p++) {
            FloatVector q =
                    (FloatVector) ByteVector.fromArray(QUANTS, W, w).convertShape(VectorOperators.B2F, SPECIES, 0);
            a = q.mul(k).fma(FloatVector.broadcast(SPECIES, X[x + p]), a);
            w += width;
        }
        a.intoArray(Y, y);
    }
}
