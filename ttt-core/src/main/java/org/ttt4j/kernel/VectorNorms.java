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
    private final float[] live; // [n] ones; what lies between rows is not
    private final float[] lanes; // [R, LANES] sums over every LANES-th column
    private final float[] lanes2; // likewise
    private final float[] mean; // [R] these two are one value a row
    private final float[] inverse;

    /** For segments of up to so many rows of n. */
    VectorNorms(int rows, int n) {
        this.n = n;
        limit = InnerShape.padded(rows);
        live = live(n);
        lanes = VectorSums.lanes(rows);
        lanes2 = VectorSums.lanes(rows);
        mean = new float[limit];
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
        for (int j = 0; j < n; j += FlatMatrix.QUAD) {
            normalise(Z, z, j, live, mean, inverse, rows);
        }
    }

    void innerGradient(InnerHead<FlatMatrix> head, FlatMatrix Z, FlatMatrix XK, FlatMatrix E, int k, int rows) {
        statistics(Z, 0, head.s, rows);
        errors(head, Z, XK, k, rows);
        VectorSums.totals(mean, 0, lanes, rows);
        VectorSums.totals(head.alongU, 0, lanes2, rows);
        for (int t = 0; t < rows; t++) {
            mean[t] /= n;
            head.alongU[t] /= n;
        }
        for (int j = 0; j < n; j += FlatMatrix.QUAD) {
            deltas(head, Z, E, k, j, rows);
        }
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
            rest(head, Z, Z.row(z + t), mean[t], inverse[t], XQ, XQ.row(q + t), quads, out, at + t * stride);
        }
    }

    /** Means, s = sqrt(variance + eps) and 1 / s of some rows. */
    private void statistics(FlatMatrix Z, int z, float[] s, int rows) {
        float[] x = Z.array();
        VectorSums.sums(Z, z, rows, n, lanes);
        VectorSums.totals(mean, 0, lanes, rows);
        for (int t = 0; t < rows; t++) {
            mean[t] /= n;
        }
        Arrays.fill(lanes, 0, rows * LANES, 0);
        for (int j = 0; j < n; j += FlatMatrix.QUAD) {
            FloatVector live0 = fromArray(SPECIES, live, j);
            FloatVector live1 = fromArray(SPECIES, live, j + LANES);
            FloatVector live2 = fromArray(SPECIES, live, j + 2 * LANES);
            FloatVector live3 = fromArray(SPECIES, live, j + 3 * LANES);
            for (int t = 0; t < rows; t++) {
                int at = Z.row(z + t) + j;
                FloatVector minus = broadcast(SPECIES, -mean[t]);
                FloatVector a = minus.fma(live0, fromArray(SPECIES, x, at));
                FloatVector b = minus.fma(live1, fromArray(SPECIES, x, at + LANES));
                FloatVector c = minus.fma(live2, fromArray(SPECIES, x, at + 2 * LANES));
                FloatVector d = minus.fma(live3, fromArray(SPECIES, x, at + 3 * LANES));
                FloatVector sum = a.fma(a, fromArray(SPECIES, lanes, t * LANES));
                sum = b.fma(b, sum);
                sum = c.fma(c, sum);
                d.fma(d, sum).intoArray(lanes, t * LANES);
            }
        }
        VectorSums.totals(s, 0, lanes, rows);
        for (int t = 0; t < rows; t++) {
            s[t] = (float) Math.sqrt(s[t] / n + EPSILON);
            inverse[t] = 1 / s[t];
        }
    }

    private static void normalise(FlatMatrix Z, int z, int j, float[] live, float[] mean, float[] inverse, int rows) {
        float[] x = Z.array();
        FloatVector live0 = fromArray(SPECIES, live, j);
        FloatVector live1 = fromArray(SPECIES, live, j + LANES);
        FloatVector live2 = fromArray(SPECIES, live, j + 2 * LANES);
        FloatVector live3 = fromArray(SPECIES, live, j + 3 * LANES);
        for (int t = 0; t < rows; t++) {
            int at = Z.row(z + t) + j;
            FloatVector minus = broadcast(SPECIES, -mean[t]);
            FloatVector factor = broadcast(SPECIES, inverse[t]);
            minus.fma(live0, fromArray(SPECIES, x, at)).mul(factor).intoArray(x, at);
            minus.fma(live1, fromArray(SPECIES, x, at + LANES)).mul(factor).intoArray(x, at + LANES);
            minus.fma(live2, fromArray(SPECIES, x, at + 2 * LANES)).mul(factor).intoArray(x, at + 2 * LANES);
            minus.fma(live3, fromArray(SPECIES, x, at + 3 * LANES)).mul(factor).intoArray(x, at + 3 * LANES);
        }
    }

    /** Z normalised, u of the head, and sums of u and u xhat. */
    private void errors(InnerHead<FlatMatrix> head, FlatMatrix Z, FlatMatrix XK, int k, int rows) {
        float[] x = Z.array();
        float[] v = head.XV.array();
        float[] key = XK.array();
        float[] u = head.u.array();
        Arrays.fill(lanes, 0, rows * LANES, 0);
        Arrays.fill(lanes2, 0, rows * LANES, 0);
        for (int j = 0; j < n; j += LANES) {
            FloatVector gamma = fromArray(SPECIES, head.gamma.array(), j);
            FloatVector beta = fromArray(SPECIES, head.beta.array(), j);
            FloatVector ones = fromArray(SPECIES, live, j);
            for (int t = 0; t < rows; t++) {
                int at = Z.row(t) + j;
                int vt = head.XV.row(t) + j;
                FloatVector xhat = broadcast(SPECIES, -mean[t]).fma(ones, fromArray(SPECIES, x, at));
                xhat = xhat.mul(inverse[t]);
                xhat.intoArray(x, at);
                FloatVector shift = beta.sub(fromArray(SPECIES, v, vt));
                shift = shift.add(fromArray(SPECIES, key, XK.row(k + t) + j));
                FloatVector value = gamma.fma(xhat, shift).mul(gamma);
                value.intoArray(u, vt);
                fromArray(SPECIES, lanes, t * LANES).add(value).intoArray(lanes, t * LANES);
                value.fma(xhat, fromArray(SPECIES, lanes2, t * LANES)).intoArray(lanes2, t * LANES);
            }
        }
    }

    /** delta of the head, and {@code E = ell delta}. */
    private void deltas(InnerHead<FlatMatrix> head, FlatMatrix Z, FlatMatrix E, int k, int j, int rows) {
        float[] x = Z.array();
        float[] u = head.u.array();
        float[] delta = head.delta.array();
        float[] e = E.array();
        FloatVector live0 = fromArray(SPECIES, live, j);
        FloatVector live1 = fromArray(SPECIES, live, j + LANES);
        FloatVector live2 = fromArray(SPECIES, live, j + 2 * LANES);
        FloatVector live3 = fromArray(SPECIES, live, j + 3 * LANES);
        for (int t = 0; t < rows; t++) {
            int at = Z.row(t) + j;
            int ut = head.u.row(t) + j;
            int et = E.row(k + t) + j;
            FloatVector minus = broadcast(SPECIES, -mean[t]);
            FloatVector minusAlong = broadcast(SPECIES, -head.alongU[t]);
            FloatVector factor = broadcast(SPECIES, inverse[t]);
            FloatVector ell = broadcast(SPECIES, head.ell[t]);
            FloatVector d0 = minus.fma(live0, fromArray(SPECIES, u, ut));
            d0 = minusAlong.fma(fromArray(SPECIES, x, at), d0).mul(factor);
            d0.intoArray(delta, ut);
            d0.mul(ell).intoArray(e, et);
            FloatVector d1 = minus.fma(live1, fromArray(SPECIES, u, ut + LANES));
            d1 = minusAlong.fma(fromArray(SPECIES, x, at + LANES), d1).mul(factor);
            d1.intoArray(delta, ut + LANES);
            d1.mul(ell).intoArray(e, et + LANES);
            FloatVector d2 = minus.fma(live2, fromArray(SPECIES, u, ut + 2 * LANES));
            d2 = minusAlong.fma(fromArray(SPECIES, x, at + 2 * LANES), d2).mul(factor);
            d2.intoArray(delta, ut + 2 * LANES);
            d2.mul(ell).intoArray(e, et + 2 * LANES);
            FloatVector d3 = minus.fma(live3, fromArray(SPECIES, u, ut + 3 * LANES));
            d3 = minusAlong.fma(fromArray(SPECIES, x, at + 3 * LANES), d3).mul(factor);
            d3.intoArray(delta, ut + 3 * LANES);
            d3.mul(ell).intoArray(e, et + 3 * LANES);
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
        for (int t = 0; t < rows; t++) {
            int at = Z.row(z + t) + j;
            int qt = XQ.row(q + t) + j;
            FloatVector m = broadcast(SPECIES, mean[t]);
            FloatVector factor = broadcast(SPECIES, inverse[t]);
            FloatVector y0 = gamma0.fma(fromArray(SPECIES, x, at).sub(m).mul(factor), beta0);
            y0.add(fromArray(SPECIES, residual, qt)).intoArray(out, to);
            FloatVector y1 = gamma1.fma(fromArray(SPECIES, x, at + LANES).sub(m).mul(factor), beta1);
            y1.add(fromArray(SPECIES, residual, qt + LANES)).intoArray(out, to + LANES);
            FloatVector y2 =
                    gamma2.fma(fromArray(SPECIES, x, at + 2 * LANES).sub(m).mul(factor), beta2);
            y2.add(fromArray(SPECIES, residual, qt + 2 * LANES)).intoArray(out, to + 2 * LANES);
            FloatVector y3 =
                    gamma3.fma(fromArray(SPECIES, x, at + 3 * LANES).sub(m).mul(factor), beta3);
            y3.add(fromArray(SPECIES, residual, qt + 3 * LANES)).intoArray(out, to + 3 * LANES);
            to += stride;
        }
    }

    /** The columns of a row's output from j on, one by one. */
    private static void rest(
            InnerHead<FlatMatrix> head,
            FlatMatrix Z,
            int at,
            float mean,
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
        FloatVector m = broadcast(SPECIES, mean);
        FloatVector factor = broadcast(SPECIES, inverse);
        for (; j + LANES <= head.size; j += LANES) {
            FloatVector xhat = fromArray(SPECIES, x, at + j).sub(m).mul(factor);
            fromArray(SPECIES, gamma, j)
                    .fma(xhat, fromArray(SPECIES, beta, j))
                    .add(fromArray(SPECIES, residual, q + j))
                    .intoArray(out, to + j);
        }
        for (; j < head.size; j++) {
            out[to + j] = Math.fma(gamma[j], (x[at + j] - mean) * inverse, beta[j]) + residual[q + j];
        }
    }
}
