package org.ttt4j.kernel;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromArray;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** The gradients of {@link VectorNorms}, in passes likewise; formulas as in {@link Norms}. */
final class VectorNormGradients {

    private static final VectorSpecies<Float> SPECIES = VectorBlocks.SPECIES;
    private static final int LANES = VectorBlocks.LANES;

    private final int n;
    private final float[] live; // [n] ones
    private final float[] lanes; // [R, LANES] sums over every LANES-th column
    private final float[] lanes2; // likewise
    private final float[] mean; // [R] these are one value a row
    private final float[] along;
    private final float[] factor;

    /** For segments of up to so many rows of n. */
    VectorNormGradients(int rows, int n) {
        this.n = n;
        live = VectorNorms.live(n);
        lanes = VectorSums.lanes(rows);
        lanes2 = VectorSums.lanes(rows);
        mean = new float[InnerShape.padded(rows)];
        along = new float[InnerShape.padded(rows)];
        factor = new float[InnerShape.padded(rows)];
    }

    void output(
            InnerHeadGradient<FlatMatrix> to,
            FlatMatrix dOut,
            int d,
            FlatMatrix Z,
            int z,
            FlatMatrix R,
            int r,
            int rows) {
        gradientAtOutput(to, dOut, d, Z, z, R, r, rows);
        averages(to.head.sq, null, rows);
        for (int j = 0; j < n; j += FlatMatrix.QUAD) {
            project(R, r, Z, z, R, r, j, rows);
        }
    }

    void innerGradient(
            InnerHeadGradient<FlatMatrix> to,
            FlatMatrix Z,
            FlatMatrix XK,
            FlatMatrix dE,
            FlatMatrix dXK,
            int k,
            FlatMatrix dZ,
            int rows) {
        InnerHead<FlatMatrix> head = to.head;
        VectorSums.dots(dE, k, head.delta, 0, rows, n, lanes);
        VectorSums.totals(to.dRate, 0, lanes, rows);
        VectorSums.sumsAndDots(dE, k, Z, 0, rows, n, lanes, lanes2);
        averages(head.s, null, rows);
        for (int t = 0; t < rows; t++) {
            factor[t] *= head.ell[t]; // h = ell dE
        }
        for (int j = 0; j < n; j += FlatMatrix.QUAD) {
            project(dE, k, Z, 0, to.ut, 0, j, rows);
        }
        gradientsOfTarget(to, Z, XK, dXK, k, rows);
        for (int t = 0; t < rows; t++) {
            mean[t] = -head.alongU[t] * factor[t];
            along[t] *= -factor[t];
            factor[t] = head.ell[t] * to.dRate[t]; // the sum of h delta
        }
        gradientAtNorm(to, Z, dE, k, dZ, rows);
        averages(head.s, factor, rows);
        for (int j = 0; j < n; j += FlatMatrix.QUAD) {
            project(dZ, 0, Z, 0, dZ, 0, j, rows);
        }
    }

    /** From the lanes' sums of Y and Y xhat, the latter more by what is given, to their means; and 1 / s. */
    private void averages(float[] s, float[] more, int rows) {
        VectorSums.totals(mean, 0, lanes, rows);
        VectorSums.totals(along, 0, lanes2, rows);
        for (int t = 0; t < rows; t++) {
            mean[t] /= n;
            along[t] = (more == null ? along[t] : along[t] + more[t]) / n;
            factor[t] = 1 / s[t];
        }
    }

    /** {@code To = factor (Y - mean - xhat along)}, a quad of columns. */
    private void project(FlatMatrix Y, int y, FlatMatrix X, int x, FlatMatrix To, int first, int j, int rows) {
        float[] from = Y.array();
        float[] xhat = X.array();
        float[] to = To.array();
        FloatVector live0 = fromArray(SPECIES, live, j);
        FloatVector live1 = fromArray(SPECIES, live, j + LANES);
        FloatVector live2 = fromArray(SPECIES, live, j + 2 * LANES);
        FloatVector live3 = fromArray(SPECIES, live, j + 3 * LANES);
        for (int t = 0; t < rows; t++) {
            int yt = Y.row(y + t) + j;
            int xt = X.row(x + t) + j;
            int at = To.row(first + t) + j;
            FloatVector minus = broadcast(SPECIES, -mean[t]);
            FloatVector minusAlong = broadcast(SPECIES, -along[t]);
            FloatVector scale = broadcast(SPECIES, factor[t]);
            FloatVector a = minus.fma(live0, fromArray(SPECIES, from, yt));
            minusAlong.fma(fromArray(SPECIES, xhat, xt), a).mul(scale).intoArray(to, at);
            FloatVector b = minus.fma(live1, fromArray(SPECIES, from, yt + LANES));
            minusAlong.fma(fromArray(SPECIES, xhat, xt + LANES), b).mul(scale).intoArray(to, at + LANES);
            FloatVector c = minus.fma(live2, fromArray(SPECIES, from, yt + 2 * LANES));
            minusAlong
                    .fma(fromArray(SPECIES, xhat, xt + 2 * LANES), c)
                    .mul(scale)
                    .intoArray(to, at + 2 * LANES);
            FloatVector d = minus.fma(live3, fromArray(SPECIES, from, yt + 3 * LANES));
            minusAlong
                    .fma(fromArray(SPECIES, xhat, xt + 3 * LANES), d)
                    .mul(scale)
                    .intoArray(to, at + 3 * LANES);
        }
    }

    /** {@code dGamma += sum of dOut xhat}, {@code dBeta += sum of dOut}, {@code Y = dOut gamma}, and sums of Y and Y xhat. */
    private void gradientAtOutput(
            InnerHeadGradient<FlatMatrix> to,
            FlatMatrix dOut,
            int d,
            FlatMatrix Z,
            int z,
            FlatMatrix Y,
            int y,
            int rows) {
        float[] dout = dOut.array();
        float[] x = Z.array();
        float[] dGamma = to.dGamma.array();
        float[] dBeta = to.dBeta.array();
        Arrays.fill(lanes, 0, rows * LANES, 0);
        Arrays.fill(lanes2, 0, rows * LANES, 0);
        for (int j = 0; j < n; j += LANES) {
            FloatVector gamma = fromArray(SPECIES, to.head.gamma.array(), j);
            FloatVector scale = fromArray(SPECIES, dGamma, j);
            FloatVector shift = fromArray(SPECIES, dBeta, j);
            for (int t = 0; t < rows; t++) {
                FloatVector value = fromArray(SPECIES, dout, dOut.row(d + t) + j);
                FloatVector xhat = fromArray(SPECIES, x, Z.row(z + t) + j);
                scale = value.fma(xhat, scale);
                shift = shift.add(value);
                value = value.mul(gamma);
                value.intoArray(Y.array(), Y.row(y + t) + j);
                fromArray(SPECIES, lanes, t * LANES).add(value).intoArray(lanes, t * LANES);
                value.fma(xhat, fromArray(SPECIES, lanes2, t * LANES)).intoArray(lanes2, t * LANES);
            }
            scale.intoArray(dGamma, j);
            shift.intoArray(dBeta, j);
        }
    }

    /**
     * Through {@code u = gamma e} and {@code e = gamma xhat + beta - (XV - XK)}, but for xhat: dXV, dXK, and
     * {@code dGamma += sum of ut (e + gamma xhat)}, {@code dBeta += sum of ut gamma}.
     */
    private void gradientsOfTarget(
            InnerHeadGradient<FlatMatrix> to, FlatMatrix Z, FlatMatrix XK, FlatMatrix dXK, int k, int rows) {
        float[] ut = to.ut.array();
        float[] dv = to.dXV.array();
        float[] v = to.head.XV.array();
        float[] dk = dXK.array();
        float[] key = XK.array();
        for (int j = 0; j < n; j += LANES) {
            FloatVector gamma = fromArray(SPECIES, to.head.gamma.array(), j);
            FloatVector beta = fromArray(SPECIES, to.head.beta.array(), j);
            FloatVector twice = gamma.add(gamma);
            FloatVector scale = fromArray(SPECIES, to.dGamma.array(), j);
            FloatVector shift = fromArray(SPECIES, to.dBeta.array(), j);
            for (int t = 0; t < rows; t++) {
                int at = to.ut.row(t) + j;
                int kt = dXK.row(k + t) + j;
                FloatVector value = fromArray(SPECIES, ut, at);
                FloatVector missed = beta.sub(fromArray(SPECIES, v, to.head.XV.row(t) + j));
                missed = missed.add(fromArray(SPECIES, key, XK.row(k + t) + j));
                missed = twice.fma(fromArray(SPECIES, Z.array(), Z.row(t) + j), missed);
                scale = value.fma(missed, scale);
                FloatVector e = value.mul(gamma);
                shift = shift.add(e);
                e.neg().intoArray(dv, at);
                fromArray(SPECIES, dk, kt).add(e).intoArray(dk, kt);
            }
            scale.intoArray(to.dGamma.array(), j);
            shift.intoArray(to.dBeta.array(), j);
        }
    }

    /** {@code dZ = gamma gamma ut + mean dE + along u}, the gradient at xhat, and sums of dZ and dZ xhat. */
    private void gradientAtNorm(
            InnerHeadGradient<FlatMatrix> to, FlatMatrix Z, FlatMatrix dE, int k, FlatMatrix dZ, int rows) {
        float[] ut = to.ut.array();
        float[] u = to.head.u.array();
        float[] x = Z.array();
        Arrays.fill(lanes, 0, rows * LANES, 0);
        Arrays.fill(lanes2, 0, rows * LANES, 0);
        for (int j = 0; j < n; j += LANES) {
            FloatVector square = fromArray(SPECIES, to.head.gamma.array(), j);
            square = square.mul(square);
            for (int t = 0; t < rows; t++) {
                int at = to.ut.row(t) + j;
                FloatVector value = square.mul(fromArray(SPECIES, ut, at));
                FloatVector ofE = broadcast(SPECIES, mean[t]);
                value = ofE.fma(fromArray(SPECIES, dE.array(), dE.row(k + t) + j), value);
                value = broadcast(SPECIES, along[t]).fma(fromArray(SPECIES, u, at), value);
                value.intoArray(dZ.array(), dZ.row(t) + j);
                FloatVector xhat = fromArray(SPECIES, x, Z.row(t) + j);
                fromArray(SPECIES, lanes, t * LANES).add(value).intoArray(lanes, t * LANES);
                value.fma(xhat, fromArray(SPECIES, lanes2, t * LANES)).intoArray(lanes2, t * LANES);
            }
        }
    }
}
