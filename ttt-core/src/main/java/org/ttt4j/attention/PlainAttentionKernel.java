package org.ttt4j.attention;

import static org.ttt4j.attention.AttentionShape.BLOCK;
import static org.ttt4j.attention.AttentionShape.VECTOR;

import org.ttt4j.rows.Exponential;

/** {@link AttentionKernel} in plain Java. C2 makes vector code only of rows in arrays of their own. */
final class PlainAttentionKernel implements AttentionKernel {

    private static final float LN2 = 0.693147180559945f;

    private final float[][] wide;
    private final float[] sum;
    private final float[] e = new float[BLOCK];
    private final Exponential exponential = new Exponential(BLOCK);

    PlainAttentionKernel(AttentionShape shape) {
        int most = Math.max(BLOCK, shape.width());
        wide = new float[most][most];
        sum = new float[most];
    }

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
        for (int p = 0; p < depth; p++) {
            System.arraycopy(W, w + p * lw, wide[p], 0, n);
        }
        for (int r = 0; r < rows; r++) {
            System.arraycopy(I, i + r * li, sum, 0, n);
            addRows(X, x + r * xr, xp, depth, n);
            System.arraycopy(sum, 0, Y, y + r * ly, n);
        }
    }

    private void addRows(float[] X, int x, int xp, int depth, int n) {
        int p = 0;
        for (; p + 3 < depth; p += 4) {
            int at = x + p * xp;
            addFour(
                    sum,
                    X[at],
                    wide[p],
                    X[at + xp],
                    wide[p + 1],
                    X[at + 2 * xp],
                    wide[p + 2],
                    X[at + 3 * xp],
                    wide[p + 3],
                    n);
        }
        for (; p < depth; p++) {
            add(sum, X[x + p * xp], wide[p], n);
        }
    }

    private static void addFour(
            float[] y, float a, float[] wa, float b, float[] wb, float c, float[] wc, float d, float[] wd, int n) {
        for (int j = 0; j < n; j++) {
            y[j] = (((y[j] + a * wa[j]) + b * wb[j]) + c * wc[j]) + d * wd[j];
        }
    }

    private static void add(float[] y, float a, float[] w, int n) {
        for (int j = 0; j < n; j++) {
            y[j] += a * w[j];
        }
    }

    @Override
    public void weigh(float[] scores, int at, int rows, PartialSums sums, int width) {
        for (int r = 0; r < rows; r++) {
            int row = at + r * BLOCK;
            float top = largest(scores, row);
            if (top > sums.max()[r] + LAZY) {
                raise(top, r, sums, width);
            }
            powers(scores, row, sums.max()[r]);
            for (int j = 0; j < BLOCK; j++) {
                sums.sums()[r * VECTOR + j % VECTOR] += scores[row + j];
            }
        }
    }

    @Override
    public boolean exceeds(float[] scores, int at, int rows, float[] max) {
        for (int r = 0; r < rows; r++) {
            if (largest(scores, at + r * BLOCK) > max[r] + LAZY) {
                return true;
            }
        }
        return false;
    }

    @Override
    public boolean readsSideBySide(AttentionShape shape) {
        return false;
    }

    @Override
    public void scores(float[] scores, int apart, float[] q, int size, float[][][] blocks, int[] first, int count) {
        throw new UnsupportedOperationException("lanes are read one by one");
    }

    @Override
    public void values(
            float[] out, AttentionShape shape, float[] weights, int apart, float[][][] blocks, int[] first, int count) {
        throw new UnsupportedOperationException("lanes are read one by one");
    }

    private static float largest(float[] scores, int at) {
        float top = scores[at];
        for (int j = 1; j < BLOCK; j++) {
            top = scores[at + j] > top ? scores[at + j] : top;
        }
        return top;
    }

    private static void raise(float to, int row, PartialSums sums, int width) {
        float by = sums.max()[row] - to;
        float factor = by < LEAST ? 0 : (float) Math.exp(by * (double) LN2);
        sums.max()[row] = to;
        scale(sums.sums(), row * VECTOR, factor, VECTOR);
        scale(sums.out(), row * width, factor, width);
    }

    private static void scale(float[] x, int at, float factor, int n) {
        for (int j = at; j < at + n; j++) {
            x[j] *= factor;
        }
    }

    /** {@code 2^(s - shift)} in place. */
    private void powers(float[] scores, int at, float shift) {
        System.arraycopy(scores, at, e, 0, BLOCK);
        for (int j = 0; j < BLOCK; j++) {
            e[j] = (e[j] - shift) * LN2;
        }
        exponential.apply(e, BLOCK);
        for (int j = 0; j < BLOCK; j++) {
            scores[at + j] = scores[at + j] - shift < LEAST ? 0 : e[j];
        }
    }

    @Override
    public void unweigh(float[] scores, float[] dWeights, int rows, float[] logSum, float[] dot, int at) {
        for (int r = 0; r < rows; r++) {
            powers(scores, r * BLOCK, logSum[at + r]);
            for (int j = r * BLOCK; j < (r + 1) * BLOCK; j++) {
                dWeights[j] = scores[j] * (dWeights[j] - dot[at + r]);
            }
        }
    }

    @Override
    public void mix(float[] y, int at, float a, float[] x, float b, int n) {
        for (int j = at; j < at + n; j++) {
            y[j] = a * y[j] + b * x[j];
        }
    }
}
