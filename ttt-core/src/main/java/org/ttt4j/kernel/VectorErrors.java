package org.ttt4j.kernel;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromArray;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The gradient of the inner loss at the inner model's outputs, in passes as {@link VectorNorms}. What a loop needs of objects is
 * taken into locals first: C2 would load it again after every store.
 */
final class VectorErrors {

    private static final VectorSpecies<Float> SPECIES = VectorBlocks.SPECIES;
    private static final int LANES = VectorBlocks.LANES;

    private final VectorNorms norms;
    private final int n;
    private final float[] live; // [n] ones
    private final float[] lanes; // [R, LANES] sums over every LANES-th column
    private final float[] lanes2; // likewise
    private final float[] minusU; // [R] minus the mean of u
    private final float[] minusAlong; // [R] minus the mean of u xhat

    /** For segments of up to so many rows of n. */
    VectorErrors(VectorNorms norms, int rows, int n) {
        this.norms = norms;
        this.n = n;
        live = norms.live;
        lanes = VectorSums.lanes(rows);
        lanes2 = VectorSums.lanes(rows);
        minusU = new float[InnerShape.padded(rows)];
        minusAlong = new float[InnerShape.padded(rows)];
    }

    void innerErrors(InnerHead<FlatMatrix> head, FlatMatrix Z, FlatMatrix XK, FlatMatrix E, int k, int rows) {
        norms.statistics(Z, 0, head.s, rows);
        outputErrors(head, Z, XK, k, E, k, rows);
        for (int j = 0; j < n; j += FlatMatrix.QUAD) {
            errors(head.ell, Z, E, k, j, rows);
        }
    }

    void innerGradient(InnerHead<FlatMatrix> head, FlatMatrix Z, FlatMatrix XK, FlatMatrix E, int k, int rows) {
        norms.statistics(Z, 0, head.s, rows);
        outputErrors(head, Z, XK, k, head.u, 0, rows);
        VectorNorms.scale(head.alongU, -1, minusAlong, rows);
        norms.normalise(Z, 0, rows);
        for (int j = 0; j < n; j += FlatMatrix.QUAD) {
            deltas(head, Z, E, k, j, rows);
        }
    }

    /** {@code u = gamma (gamma xhat + beta - (XV - XK))}, and minus its means. */
    private void outputErrors(
            InnerHead<FlatMatrix> head, FlatMatrix Z, FlatMatrix XK, int k, FlatMatrix U, int first, int rows) {
        for (int j = 0; j < n; j += 2 * LANES) {
            outputErrors(head, Z, XK, k, U, first, j, rows);
        }
        VectorSums.totals(minusU, 0, lanes, rows);
        VectorSums.totals(minusAlong, 0, lanes2, rows);
        VectorNorms.scale(minusU, -1f / n, minusU, rows);
        VectorNorms.scale(minusAlong, -1f / n, minusAlong, rows);
    }

    /** Two vectors of u, and sums of u and u xhat. */
    private void outputErrors(
            InnerHead<FlatMatrix> head, FlatMatrix Z, FlatMatrix XK, int k, FlatMatrix U, int first, int j, int rows) {
        float[] x = Z.array();
        float[] v = head.XV.array();
        float[] key = XK.array();
        float[] u = U.array();
        float[] before = VectorSums.before(j, lanes);
        float[] before2 = VectorSums.before(j, lanes2);
        float[] to = lanes;
        float[] to2 = lanes2;
        float[] means = norms.minus;
        float[] scales = norms.inverse;
        int step = VectorSums.step(j);
        FloatVector gamma0 = fromArray(SPECIES, head.gamma.array(), j);
        FloatVector gamma1 = fromArray(SPECIES, head.gamma.array(), j + LANES);
        FloatVector beta0 = fromArray(SPECIES, head.beta.array(), j);
        FloatVector beta1 = fromArray(SPECIES, head.beta.array(), j + LANES);
        int at = Z.row(0) + j;
        int vt = head.XV.row(0) + j;
        int kt = XK.row(k) + j;
        int ut = U.row(first) + j;
        int la = Z.stride();
        int lv = head.XV.stride();
        int lk = XK.stride();
        int lu = U.stride();
        for (int t = 0; t < rows; t++) {
            FloatVector m = broadcast(SPECIES, means[t]);
            FloatVector factor = broadcast(SPECIES, scales[t]);
            FloatVector xhat0 = fromArray(SPECIES, x, at).add(m).mul(factor);
            FloatVector xhat1 = fromArray(SPECIES, x, at + LANES).add(m).mul(factor);
            FloatVector shift0 = beta0.sub(fromArray(SPECIES, v, vt)).add(fromArray(SPECIES, key, kt));
            FloatVector shift1 = beta1.sub(fromArray(SPECIES, v, vt + LANES)).add(fromArray(SPECIES, key, kt + LANES));
            FloatVector u0 = gamma0.fma(xhat0, shift0).mul(gamma0);
            FloatVector u1 = gamma1.fma(xhat1, shift1).mul(gamma1);
            u0.intoArray(u, ut);
            u1.intoArray(u, ut + LANES);
            fromArray(SPECIES, before, t * step).add(u0.add(u1)).intoArray(to, t * LANES);
            FloatVector along = u0.fma(xhat0, fromArray(SPECIES, before2, t * step));
            u1.fma(xhat1, along).intoArray(to2, t * LANES);
            at += la;
            vt += lv;
            kt += lk;
            ut += lu;
        }
    }

    /** {@code E = ell (u - mean u - xhat mean(u xhat)) / s}, u standing in the place of E. */
    private void errors(float[] ell, FlatMatrix Z, FlatMatrix E, int k, int j, int rows) {
        float[] x = Z.array();
        float[] e = E.array();
        float[] means = norms.minus;
        float[] scales = norms.inverse;
        float[] meansU = minusU;
        float[] alongs = minusAlong;
        FloatVector live0 = fromArray(SPECIES, live, j);
        FloatVector live1 = fromArray(SPECIES, live, j + LANES);
        FloatVector live2 = fromArray(SPECIES, live, j + 2 * LANES);
        FloatVector live3 = fromArray(SPECIES, live, j + 3 * LANES);
        int at = Z.row(0) + j;
        int et = E.row(k) + j;
        int la = Z.stride();
        int le = E.stride();
        for (int t = 0; t < rows; t++) {
            FloatVector m = broadcast(SPECIES, means[t]);
            FloatVector factor = broadcast(SPECIES, scales[t]);
            FloatVector mean = broadcast(SPECIES, meansU[t]);
            FloatVector along = broadcast(SPECIES, alongs[t]);
            FloatVector rate = broadcast(SPECIES, ell[t]);
            FloatVector xhat = m.fma(live0, fromArray(SPECIES, x, at)).mul(factor);
            FloatVector d = mean.fma(live0, fromArray(SPECIES, e, et));
            along.fma(xhat, d).mul(factor).mul(rate).intoArray(e, et);
            xhat = m.fma(live1, fromArray(SPECIES, x, at + LANES)).mul(factor);
            d = mean.fma(live1, fromArray(SPECIES, e, et + LANES));
            along.fma(xhat, d).mul(factor).mul(rate).intoArray(e, et + LANES);
            xhat = m.fma(live2, fromArray(SPECIES, x, at + 2 * LANES)).mul(factor);
            d = mean.fma(live2, fromArray(SPECIES, e, et + 2 * LANES));
            along.fma(xhat, d).mul(factor).mul(rate).intoArray(e, et + 2 * LANES);
            xhat = m.fma(live3, fromArray(SPECIES, x, at + 3 * LANES)).mul(factor);
            d = mean.fma(live3, fromArray(SPECIES, e, et + 3 * LANES));
            along.fma(xhat, d).mul(factor).mul(rate).intoArray(e, et + 3 * LANES);
            at += la;
            et += le;
        }
    }

    /** delta of the head, and {@code E = ell delta}; Z is normalised. */
    private void deltas(InnerHead<FlatMatrix> head, FlatMatrix Z, FlatMatrix E, int k, int j, int rows) {
        float[] x = Z.array();
        float[] u = head.u.array();
        float[] delta = head.delta.array();
        float[] e = E.array();
        float[] scales = norms.inverse;
        float[] meansU = minusU;
        float[] alongs = minusAlong;
        float[] ell = head.ell;
        FloatVector live0 = fromArray(SPECIES, live, j);
        FloatVector live1 = fromArray(SPECIES, live, j + LANES);
        FloatVector live2 = fromArray(SPECIES, live, j + 2 * LANES);
        FloatVector live3 = fromArray(SPECIES, live, j + 3 * LANES);
        int at = Z.row(0) + j;
        int ut = head.u.row(0) + j;
        int et = E.row(k) + j;
        int la = Z.stride();
        int lu = head.u.stride();
        int le = E.stride();
        for (int t = 0; t < rows; t++) {
            FloatVector mean = broadcast(SPECIES, meansU[t]);
            FloatVector along = broadcast(SPECIES, alongs[t]);
            FloatVector factor = broadcast(SPECIES, scales[t]);
            FloatVector rate = broadcast(SPECIES, ell[t]);
            FloatVector d = mean.fma(live0, fromArray(SPECIES, u, ut));
            d = along.fma(fromArray(SPECIES, x, at), d).mul(factor);
            d.intoArray(delta, ut);
            d.mul(rate).intoArray(e, et);
            d = mean.fma(live1, fromArray(SPECIES, u, ut + LANES));
            d = along.fma(fromArray(SPECIES, x, at + LANES), d).mul(factor);
            d.intoArray(delta, ut + LANES);
            d.mul(rate).intoArray(e, et + LANES);
            d = mean.fma(live2, fromArray(SPECIES, u, ut + 2 * LANES));
            d = along.fma(fromArray(SPECIES, x, at + 2 * LANES), d).mul(factor);
            d.intoArray(delta, ut + 2 * LANES);
            d.mul(rate).intoArray(e, et + 2 * LANES);
            d = mean.fma(live3, fromArray(SPECIES, u, ut + 3 * LANES));
            d = along.fma(fromArray(SPECIES, x, at + 3 * LANES), d).mul(factor);
            d.intoArray(delta, ut + 3 * LANES);
            d.mul(rate).intoArray(e, et + 3 * LANES);
            at += la;
            ut += lu;
            et += le;
        }
    }
}
