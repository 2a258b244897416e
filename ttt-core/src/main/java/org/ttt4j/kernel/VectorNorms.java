package org.ttt4j.kernel;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromArray;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Norms by the Vector API: one statistic of all rows after the other, because a row's own chain of operations is long, but
 * rows need not wait for each other. Each pass is a loop of its own: C2 gives up on larger ones.
 */
final class VectorNorms {

    /** Inside the root, fixed by the authors. */
    private static final float EPSILON = 1e-6f;

    private static final VectorSpecies<Float> SPECIES = VectorBlocks.SPECIES;
    private static final int LANES = VectorBlocks.LANES;

    private final int n;
    private final int limit;
    final float[] live; // [n] ones; what lies between rows is not
    final float[] lanes; // [R, LANES] sums over every LANES-th column
    final float[] minus; // [R] minus the mean of a row
    final float[] inverse; // [R] 1 / s

    /** For segments of up to so many rows of n. */
    VectorNorms(int rows, int n) {
        this.n = n;
        limit = InnerShape.padded(rows);
        live = live(n);
        lanes = VectorSums.lanes(rows);
        minus = new float[limit];
        inverse = new float[limit];
    }

    /** A row of n ones, then zeros. */
    static float[] live(int n) {
        FlatMatrix row = new FlatMatrix(1, n);
        Arrays.fill(row.array(), 0, n, 1);
        return row.array();
    }

    void dots(float[] to, FlatMatrix X, int x, FlatMatrix Y, int y, int rows, int n) {
        for (int t = 0; t < rows; t += limit) {
            int count = Math.min(limit, rows - t);
            VectorSums.dots(X, x + t, Y, y + t, count, n, lanes);
            VectorSums.totals(to, t, lanes, count);
        }
    }

    void normalise(FlatMatrix Z, int z, float[] s, int rows) {
        statistics(Z, z, s, rows);
        normalise(Z, z, rows);
    }

    /** After {@link #statistics}. */
    void normalise(FlatMatrix Z, int z, int rows) {
        for (int j = 0; j < n; j += FlatMatrix.QUAD) {
            normalise(Z, z, j, live, minus, inverse, rows);
        }
    }

    /** Of one value a row. */
    static void scale(float[] y, float c, float[] x, int rows) {
        VectorRowMath.scale(y, 0, c, x, 0, rows);
    }

    void output(
            InnerHead<FlatMatrix> head,
            FlatMatrix Z,
            int z,
            FlatMatrix XQ,
            int q,
            float[] out,
            int at,
            int stride,
            int rows) {
        statistics(Z, z, head.sq, rows);
        int quads = n - n % FlatMatrix.QUAD;
        for (int j = 0; j < quads; j += FlatMatrix.QUAD) {
            output(head, Z, z, XQ, q, j, out, at + j, stride, rows);
        }
        for (int t = 0; quads < n && t < rows; t++) {
            rest(head, Z, Z.row(z + t), minus[t], inverse[t], XQ, XQ.row(q + t), quads, out, at + t * stride);
        }
    }

    /** Minus the means, s = sqrt(variance + eps) and 1 / s of some rows. */
    void statistics(FlatMatrix Z, int z, float[] s, int rows) {
        VectorSums.sums(Z, z, rows, n, lanes);
        VectorSums.totals(minus, 0, lanes, rows);
        scale(minus, -1f / n, minus, rows);
        for (int j = 0; j < n; j += FlatMatrix.QUAD) {
            addSquares(Z, z, j, rows);
        }
        deviations(s, rows);
    }

    /** s and 1 / s of some rows, whose lanes are of their squares around the mean. */
    void deviations(float[] s, int rows) {
        VectorSums.totals(s, 0, lanes, rows);
        for (int t = 0; t < rows; t += LANES) {
            FloatVector variance = fromArray(SPECIES, s, t).mul(1f / n);
            FloatVector root = variance.add(EPSILON).sqrt();
            root.intoArray(s, t);
            broadcast(SPECIES, 1).div(root).intoArray(inverse, t);
        }
    }

    /** Sums of squares of what lies around the mean. */
    private void addSquares(FlatMatrix Z, int z, int j, int rows) {
        float[] x = Z.array();
        float[] to = lanes;
        float[] before = VectorSums.before(j, lanes);
        int step = VectorSums.step(j);
        FloatVector live0 = fromArray(SPECIES, live, j);
        FloatVector live1 = fromArray(SPECIES, live, j + LANES);
        FloatVector live2 = fromArray(SPECIES, live, j + 2 * LANES);
        FloatVector live3 = fromArray(SPECIES, live, j + 3 * LANES);
        float[] means = minus;
        int at = Z.row(z) + j;
        int stride = Z.stride();
        for (int t = 0; t < rows; t++) {
            FloatVector m = broadcast(SPECIES, means[t]);
            FloatVector a = m.fma(live0, fromArray(SPECIES, x, at));
            FloatVector b = m.fma(live1, fromArray(SPECIES, x, at + LANES));
            FloatVector c = m.fma(live2, fromArray(SPECIES, x, at + 2 * LANES));
            FloatVector d = m.fma(live3, fromArray(SPECIES, x, at + 3 * LANES));
            FloatVector sum = a.fma(a, fromArray(SPECIES, before, t * step));
            sum = b.fma(b, sum);
            FloatVector other = c.mul(c);
            other = d.fma(d, other);
            sum.add(other).intoArray(to, t * LANES);
            at += stride;
        }
    }

    private static void normalise(FlatMatrix Z, int z, int j, float[] live, float[] minus, float[] inverse, int rows) {
        float[] x = Z.array();
        FloatVector live0 = fromArray(SPECIES, live, j);
        FloatVector live1 = fromArray(SPECIES, live, j + LANES);
        FloatVector live2 = fromArray(SPECIES, live, j + 2 * LANES);
        FloatVector live3 = fromArray(SPECIES, live, j + 3 * LANES);
        int at = Z.row(z) + j;
        int stride = Z.stride();
        for (int t = 0; t < rows; t++) {
            FloatVector m = broadcast(SPECIES, minus[t]);
            FloatVector factor = broadcast(SPECIES, inverse[t]);
            m.fma(live0, fromArray(SPECIES, x, at)).mul(factor).intoArray(x, at);
            m.fma(live1, fromArray(SPECIES, x, at + LANES)).mul(factor).intoArray(x, at + LANES);
            m.fma(live2, fromArray(SPECIES, x, at + 2 * LANES)).mul(factor).intoArray(x, at + 2 * LANES);
            m.fma(live3, fromArray(SPECIES, x, at + 3 * LANES)).mul(factor).intoArray(x, at + 3 * LANES);
            at += stride;
        }
    }

    private void output(
            InnerHead<FlatMatrix> head,
            FlatMatrix Z,
            int z,
            FlatMatrix XQ,
            int q,
            int j,
            float[] out,
            int to,
            int stride,
            int rows) {
        float[] x = Z.array();
        float[] residual = XQ.array();
        FloatVector gamma0 = fromArray(SPECIES, head.gamma.array(), j);
        FloatVector gamma1 = fromArray(SPECIES, head.gamma.array(), j + LANES);
        FloatVector gamma2 = fromArray(SPECIES, head.gamma.array(), j + 2 * LANES);
        FloatVector gamma3 = fromArray(SPECIES, head.gamma.array(), j + 3 * LANES);
        FloatVector beta0 = fromArray(SPECIES, head.beta.array(), j);
        FloatVector beta1 = fromArray(SPECIES, head.beta.array(), j + LANES);
        FloatVector beta2 = fromArray(SPECIES, head.beta.array(), j + 2 * LANES);
        FloatVector beta3 = fromArray(SPECIES, head.beta.array(), j + 3 * LANES);
        float[] means = minus;
        float[] scales = inverse;
        int at = Z.row(z) + j;
        int qt = XQ.row(q) + j;
        int la = Z.stride();
        int lq = XQ.stride();
        for (int t = 0; t < rows; t++) {
            FloatVector m = broadcast(SPECIES, means[t]);
            FloatVector factor = broadcast(SPECIES, scales[t]);
            FloatVector y0 = gamma0.fma(fromArray(SPECIES, x, at).add(m).mul(factor), beta0);
            y0.add(fromArray(SPECIES, residual, qt)).intoArray(out, to);
            FloatVector y1 = gamma1.fma(fromArray(SPECIES, x, at + LANES).add(m).mul(factor), beta1);
            y1.add(fromArray(SPECIES, residual, qt + LANES)).intoArray(out, to + LANES);
            FloatVector y2 =
                    gamma2.fma(fromArray(SPECIES, x, at + 2 * LANES).add(m).mul(factor), beta2);
            y2.add(fromArray(SPECIES, residual, qt + 2 * LANES)).intoArray(out, to + 2 * LANES);
            FloatVector y3 =
                    gamma3.fma(fromArray(SPECIES, x, at + 3 * LANES).add(m).mul(factor), beta3);
            y3.add(fromArray(SPECIES, residual, qt + 3 * LANES)).intoArray(out, to + 3 * LANES);
            at += la;
            qt += lq;
            to += stride;
        }
    }

    /** The columns of a row's output from j on, one by one. */
    private static void rest(
            InnerHead<FlatMatrix> head,
            FlatMatrix Z,
            int at,
            float minus,
            float inverse,
            FlatMatrix XQ,
            int q,
            int j,
            float[] out,
            int to) {
        float[] gamma = head.gamma.array();
        float[] beta = head.beta.array();
        float[] x = Z.array();
        float[] residual = XQ.array();
        FloatVector m = broadcast(SPECIES, minus);
        FloatVector factor = broadcast(SPECIES, inverse);
        for (; j + LANES <= head.size; j += LANES) {
            FloatVector xhat = fromArray(SPECIES, x, at + j).add(m).mul(factor);
            fromArray(SPECIES, gamma, j)
                    .fma(xhat, fromArray(SPECIES, beta, j))
                    .add(fromArray(SPECIES, residual, q + j))
                    .intoArray(out, to + j);
        }
        for (; j < head.size; j++) {
            out[to + j] = Math.fma(gamma[j], (x[at + j] + minus) * inverse, beta[j]) + residual[q + j];
        }
    }
}
