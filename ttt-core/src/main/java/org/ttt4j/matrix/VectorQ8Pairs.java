package org.ttt4j.matrix;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.ttt4j.kernel.VectorBlocks;

/** One row of activations times two panels in {@link WeightType#Q8_0} in step: a core reads two streams faster than one. */
final class VectorQ8Pairs {

    private static final VectorSpecies<Float> SPECIES = VectorBlocks.SPECIES;
    private static final VectorSpecies<Byte> QUANTS = VectorQ8.QUANTS;
    private static final int LANES = VectorBlocks.LANES;
    private static final int PANEL = Matrix.PANEL;
    private static final int BLOCK = WeightType.BLOCK;

    private VectorQ8Pairs() {}

    /** {@code Y[y] += Σ X[i] W[w + i]} and {@code Y[y2] += Σ X[i] W[w2 + i]} for two whole panels. */
    static void pair(
            float[] Y,
            int y,
            int y2,
            float[] X,
            int x,
            byte[] W,
            int w,
            int w2,
            float[] scales,
            int scale,
            int scale2,
            int depth) {
        for (int first = 0; first < depth; first += BLOCK) {
            int n = Math.min(BLOCK, depth - first);
            int at = first * PANEL;
            int block = first / BLOCK * PANEL;
            for (int j = 0; j < PANEL; j += 2 * LANES) {
                two(
                        Y,
                        y + j,
                        y2 + j,
                        X,
                        x + first,
                        W,
                        w + at + j,
                        w2 + at + j,
                        scales,
                        scale + block + j,
                        scale2 + block + j,
                        n);
            }
        }
    }

    private static void two(
            float[] Y,
            int y,
            int y2,
            float[] X,
            int x,
            byte[] W,
            int w,
            int w2,
            float[] scales,
            int scale,
            int scale2,
            int n) {
        FloatVector ka = FloatVector.fromArray(SPECIES, scales, scale);
        FloatVector kb = FloatVector.fromArray(SPECIES, scales, scale + LANES);
        FloatVector kc = FloatVector.fromArray(SPECIES, scales, scale2);
        FloatVector kd = FloatVector.fromArray(SPECIES, scales, scale2 + LANES);
        FloatVector a = FloatVector.fromArray(SPECIES, Y, y);
        FloatVector b = FloatVector.fromArray(SPECIES, Y, y + LANES);
        FloatVector c = FloatVector.fromArray(SPECIES, Y, y2);
        FloatVector d = FloatVector.fromArray(SPECIES, Y, y2 + LANES);
        for (int p = 0; p < n; p++) {
            FloatVector s = FloatVector.broadcast(SPECIES, X[x + p]);
            FloatVector q =
                    (FloatVector) ByteVector.fromArray(QUANTS, W, w).convertShape(VectorOperators.B2F, SPECIES, 0);
            a = q.mul(ka).fma(s, a);
            q = (FloatVector) ByteVector.fromArray(QUANTS, W, w2).convertShape(VectorOperators.B2F, SPECIES, 0);
            c = q.mul(kc).fma(s, c);
            q = (FloatVector) ByteVector.fromArray(QUANTS, W, w + LANES).convertShape(VectorOperators.B2F, SPECIES, 0);
            b = q.mul(kb).fma(s, b);
            q = (FloatVector) ByteVector.fromArray(QUANTS, W, w2 + LANES).convertShape(VectorOperators.B2F, SPECIES, 0);
            d = q.mul(kd).fma(s, d);
            w += PANEL;
            w2 += PANEL;
        }
        a.intoArray(Y, y);
        b.intoArray(Y, y + LANES);
        c.intoArray(Y, y2);
        d.intoArray(Y, y2 + LANES);
    }
}
