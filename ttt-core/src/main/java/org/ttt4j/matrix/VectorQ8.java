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

    static final VectorSpecies<Byte> QUANTS = VectorSpecies.of(byte.class, VectorShape.forBitSize(BYTES * Byte.SIZE));
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
        System.arraycopy(I, i, Y, y, width);
        for (int first = 0; first < depth; first += BLOCK) {
            int n = Math.min(BLOCK, depth - first);
            for (int j = 0; j < width; j += LANES) {
                oneColumn(Y, y + j, X, x + first, W, w + j, scales, scale + j, width, n);
            }
            w += n * width;
            scale += width;
        }
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

    /**
     * As {@link #product}, for up to eight rows, lx, li and ly apart; of fewer the last one is computed several times over.
     */
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
            byte[] W,
            int w,
            float[] scales,
            int scale,
            int width,
            int rows,
            int depth) {
        for (int first = 0; first < depth; first += BLOCK) {
            int n = Math.min(BLOCK, depth - first);
            for (int j = 0; j < width; j += 2 * LANES) {
                if (first == 0) {
                    eight(Y, y + j, ly, I, i + j, li, X, x, lx, W, w + j, scales, scale + j, width, rows, n);
                } else {
                    eight(Y, y + j, ly, Y, y + j, ly, X, x + first, lx, W, w + j, scales, scale + j, width, rows, n);
                }
            }
            w += n * width;
            scale += width;
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
            byte[] W,
            int w,
            float[] scales,
            int scale,
            int width,
            int rows,
            int depth) {
        FloatVector k0 = FloatVector.fromArray(SPECIES, scales, scale);
        FloatVector k1 = FloatVector.fromArray(SPECIES, scales, scale + LANES);
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
            FloatVector w0 = ((FloatVector)
                            ByteVector.fromArray(QUANTS, W, w).convertShape(VectorOperators.B2F, SPECIES, 0))
                    .mul(k0);
            FloatVector w1 = ((FloatVector)
                            ByteVector.fromArray(QUANTS, W, w + LANES).convertShape(VectorOperators.B2F, SPECIES, 0))
                    .mul(k1);
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
