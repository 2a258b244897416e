package org.ttt4j.attention;

import static org.ttt4j.attention.AttentionShape.BLOCK;
import static org.ttt4j.attention.AttentionShape.VECTOR;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.ttt4j.kernel.VectorBlocks;
import org.ttt4j.matrix.VectorProduct;
import org.ttt4j.rows.VectorExponential;

/** {@link AttentionKernel} by the Vector API. */
final class VectorAttentionKernel implements AttentionKernel {

    private static final VectorSpecies<Float> SPECIES = VectorBlocks.SPECIES;
    private static final int LANES = VectorBlocks.LANES;

    @Override
    public void product(
            float[] Y,
            int y,
            int ly,
            float[] I,
            int i,
            int li,
            float[] X,
            int x,
            int xr,
            int xp,
            float[] W,
            int w,
            int lw,
            int rows,
            int depth,
            int n) {
        if (rows > 1) {
            VectorProduct.product(Y, y, ly, I, i, li, X, x, xr, xp, W, w, lw, rows, depth, n);
            return;
        }
        int j = 0;
        for (; j + 3 * LANES < n; j += 4 * LANES) {
            four(Y, y + j, I, i + j, X, x, xp, W, w + j, lw, depth);
        }
        for (; j < n; j += LANES) {
            one(Y, y + j, I, i + j, X, x, xp, W, w + j, lw, depth);
        }
    }

    private static void four(
            float[] Y, int y, float[] I, int i, float[] X, int x, int xp, float[] W, int w, int lw, int depth) {
        FloatVector a = FloatVector.fromArray(SPECIES, I, i);
        FloatVector b = FloatVector.fromArray(SPECIES, I, i + LANES);
        FloatVector c = FloatVector.fromArray(SPECIES, I, i + 2 * LANES);
        FloatVector d = FloatVector.fromArray(SPECIES, I, i + 3 * LANES);
        for (int p = 0; p < depth; p++) {
            FloatVector s = FloatVector.broadcast(SPECIES, X[x]);
            a = FloatVector.fromArray(SPECIES, W, w).fma(s, a);
            b = FloatVector.fromArray(SPECIES, W, w + LANES).fma(s, b);
            c = FloatVector.fromArray(SPECIES, W, w + 2 * LANES).fma(s, c);
            d = FloatVector.fromArray(SPECIES, W, w + 3 * LANES).fma(s, d);
            x += xp;
            w += lw;
        }
        a.intoArray(Y, y);
        b.intoArray(Y, y + LANES);
        c.intoArray(Y, y + 2 * LANES);
        d.intoArray(Y, y + 3 * LANES);
    }

    private static void one(
            float[] Y, int y, float[] I, int i, float[] X, int x, int xp, float[] W, int w, int lw, int depth) {
        FloatVector a = FloatVector.fromArray(SPECIES, I, i);
        for (int p = 0; p < depth; p++) {
            a = FloatVector.fromArray(SPECIES, W, w).fma(FloatVector.broadcast(SPECIES, X[x]), a);
            x += xp;
            w += lw;
        }
        a.intoArray(Y, y);
    }

    @Override
    public void weigh(float[] scores, int at, int rows, PartialSums sums, int width) {
        float[] max = sums.max();
        for (int r = 0; r < rows; r++) {
            int row = at + r * BLOCK;
            if (exceeds(scores, row, max[r] + LAZY)) {
                raise(largest(scores, row), r, sums, width);
            }
            exponentials(scores, row, max[r], sums.sums(), r * VECTOR);
        }
    }

    @Override
    public boolean exceeds(float[] scores, int at, int rows, float[] max) {
        for (int r = 0; r < rows; r++) {
            if (exceeds(scores, at + r * BLOCK, max[r] + LAZY)) {
                return true;
            }
        }
        return false;
    }

    /** AVX2 has too few registers. */
    @Override
    public boolean readsSideBySide(AttentionShape shape) {
        return LANES != 8 && shape.width() % VectorStreams.COLUMNS == 0;
    }

    @Override
    public void scores(float[] scores, int apart, float[] q, int size, float[][][] blocks, int[] first, int count) {
        for (int i = 0; i < count; i++) {
            float[] a = blocks[0][first[0] + i];
            float[] b = blocks[1][first[1] + i];
            float[] c = blocks[2][first[2] + i];
            float[] d = blocks[3][first[3] + i];
            for (int j = 0; j < BLOCK; j += VectorStreams.COLUMNS) {
                VectorStreams.product(scores, i * BLOCK + j, apart, q, 0, size, a, b, c, d, j, BLOCK, size);
            }
        }
    }

    @Override
    public void values(
            float[] out, AttentionShape shape, float[] weights, int apart, float[][][] blocks, int[] first, int count) {
        int width = shape.width();
        for (int i = 0; i < count; i++) {
            float[] a = blocks[0][first[0] + i];
            float[] b = blocks[1][first[1] + i];
            float[] c = blocks[2][first[2] + i];
            float[] d = blocks[3][first[3] + i];
            for (int j = 0; j < width; j += VectorStreams.COLUMNS) {
                int from = shape.valuesAt() + j;
                VectorStreams.add(out, j, width, weights, i * BLOCK, apart, a, b, c, d, from, width, BLOCK);
            }
        }
    }

    private static boolean exceeds(float[] scores, int at, float limit) {
        FloatVector top = FloatVector.fromArray(SPECIES, scores, at);
        for (int j = LANES; j < BLOCK; j += LANES) {
            top = top.max(FloatVector.fromArray(SPECIES, scores, at + j));
        }
        return top.compare(VectorOperators.GT, limit).anyTrue();
    }

    private static float largest(float[] scores, int at) {
        FloatVector top = FloatVector.fromArray(SPECIES, scores, at);
        for (int j = LANES; j < BLOCK; j += LANES) {
            top = top.max(FloatVector.fromArray(SPECIES, scores, at + j));
        }
        return top.reduceLanes(VectorOperators.MAX);
    }

    private static void raise(float to, int row, PartialSums sums, int width) {
        float by = sums.max()[row] - to;
        sums.max()[row] = to;
        scale(by, sums.sums(), row * VECTOR, VECTOR);
        scale(by, sums.out(), row * width, width);
    }

    /** {@code x *= 2^by}. */
    private static void scale(float by, float[] x, int at, int n) {
        FloatVector factor =
                by < LEAST ? FloatVector.zero(SPECIES) : VectorExponential.power(FloatVector.broadcast(SPECIES, by));
        for (int j = 0; j < n; j += LANES) {
            FloatVector.fromArray(SPECIES, x, at + j).mul(factor).intoArray(x, at + j);
        }
    }

    private static void exponentials(float[] scores, int at, float max, float[] sums, int sum) {
        FloatVector shift = FloatVector.broadcast(SPECIES, max);
        FloatVector s = FloatVector.fromArray(SPECIES, sums, sum);
        for (int j = at; j < at + BLOCK; j += LANES) {
            FloatVector t = FloatVector.fromArray(SPECIES, scores, j).sub(shift);
            FloatVector p = VectorExponential.power(t).blend(0, t.compare(VectorOperators.LT, LEAST));
            p.intoArray(scores, j);
            s = s.add(p);
        }
        s.intoArray(sums, sum);
    }

    @Override
    public void unweigh(float[] scores, float[] dWeights, int rows, float[] logSum, float[] dot, int at) {
        for (int r = 0; r < rows; r++) {
            unweigh(scores, dWeights, r * BLOCK, logSum[at + r], dot[at + r]);
        }
    }

    private static void unweigh(float[] scores, float[] dWeights, int at, float logSum, float dot) {
        for (int j = at; j < at + BLOCK; j += LANES) {
            FloatVector t = FloatVector.fromArray(SPECIES, scores, j).sub(logSum);
            FloatVector p = VectorExponential.power(t).blend(0, t.compare(VectorOperators.LT, LEAST));
            p.intoArray(scores, j);
            FloatVector.fromArray(SPECIES, dWeights, j).sub(dot).mul(p).intoArray(dWeights, j);
        }
    }

    @Override
    public void mix(float[] y, int at, float a, float[] x, float b, int n) {
        for (int j = at; j < at + n; j += LANES) {
            FloatVector.fromArray(SPECIES, y, j)
                    .mul(a)
                    .add(FloatVector.fromArray(SPECIES, x, j).mul(b))
                    .intoArray(y, j);
        }
    }
}
