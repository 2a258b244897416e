package org.ttt4j.kernel;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromArray;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * What a forward needs of {@link VectorNorms} and {@link VectorErrors} for rows of exactly one quad, the same bits: a row stays
 * in registers from its load to its sums and on, so that there are two passes only. Only the variances of all rows are taken
 * together: a root and a division of its own for every row would be what takes time.
 */
final class VectorQuadNorms {

    private static final VectorSpecies<Float> SPECIES = VectorBlocks.SPECIES;
    private static final int LANES = VectorBlocks.LANES;

    private static final VectorShuffle<Float> BY_1 = VectorTranspose.by(1);
    private static final VectorShuffle<Float> BY_2 = VectorTranspose.by(2);
    private static final VectorShuffle<Float> BY_4 = VectorTranspose.by(4);
    private static final VectorShuffle<Float> BY_8 = VectorTranspose.by(8);

    private static final float PER_COLUMN = 1f / FlatMatrix.QUAD;

    private final VectorNorms norms;

    VectorQuadNorms(VectorNorms norms) {
        this.norms = norms;
    }

    /** Whether rows of n are a quad, and lanes are added half to half as here. */
    static boolean fit(int n) {
        return n == FlatMatrix.QUAD && LANES >= 8;
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
        centre(Z, z, rows);
        norms.deviations(head.sq, rows);
        scaleAndShift(head, Z, z, XQ, q, out, at, stride, rows);
    }

    void innerErrors(InnerHead<FlatMatrix> head, FlatMatrix Z, FlatMatrix XK, FlatMatrix E, int k, int rows) {
        centre(Z, 0, rows);
        norms.deviations(head.s, rows);
        errors(head, Z, XK, E, k, rows);
    }

    /** Takes the means away from rows of Z, and leaves the lanes of their squares. */
    private void centre(FlatMatrix Z, int z, int rows) {
        float[] x = Z.array();
        float[] squares = norms.lanes;
        int at = Z.row(z);
        int stride = Z.stride();
        for (int t = 0; t < rows; t++) {
            FloatVector a = fromArray(SPECIES, x, at);
            FloatVector b = fromArray(SPECIES, x, at + LANES);
            FloatVector c = fromArray(SPECIES, x, at + 2 * LANES);
            FloatVector d = fromArray(SPECIES, x, at + 3 * LANES);
            FloatVector m = a.add(b).add(c.add(d));
            m = LANES == 16 ? m.add(m.rearrange(BY_8)) : m;
            m = m.add(m.rearrange(BY_4));
            m = m.add(m.rearrange(BY_2));
            m = m.add(m.rearrange(BY_1)).mul(-PER_COLUMN);
            a = a.add(m);
            b = b.add(m);
            c = c.add(m);
            d = d.add(m);
            a.intoArray(x, at);
            b.intoArray(x, at + LANES);
            c.intoArray(x, at + 2 * LANES);
            d.intoArray(x, at + 3 * LANES);
            b.fma(b, a.mul(a)).add(d.fma(d, c.mul(c))).intoArray(squares, t * LANES);
            at += stride;
        }
    }

    /** {@code out = XQ + gamma xhat + beta}, Z being centred. */
    private void scaleAndShift(
            InnerHead<FlatMatrix> head,
            FlatMatrix Z,
            int z,
            FlatMatrix XQ,
            int q,
            float[] out,
            int to,
            int stride,
            int rows) {
        float[] x = Z.array();
        float[] residual = XQ.array();
        float[] scales = norms.inverse;
        FloatVector gamma0 = fromArray(SPECIES, head.gamma.array(), 0);
        FloatVector gamma1 = fromArray(SPECIES, head.gamma.array(), LANES);
        FloatVector gamma2 = fromArray(SPECIES, head.gamma.array(), 2 * LANES);
        FloatVector gamma3 = fromArray(SPECIES, head.gamma.array(), 3 * LANES);
        FloatVector beta0 = fromArray(SPECIES, head.beta.array(), 0);
        FloatVector beta1 = fromArray(SPECIES, head.beta.array(), LANES);
        FloatVector beta2 = fromArray(SPECIES, head.beta.array(), 2 * LANES);
        FloatVector beta3 = fromArray(SPECIES, head.beta.array(), 3 * LANES);
        int at = Z.row(z);
        int qt = XQ.row(q);
        int la = Z.stride();
        int lq = XQ.stride();
        for (int t = 0; t < rows; t++) {
            FloatVector factor = broadcast(SPECIES, scales[t]);
            FloatVector y0 = gamma0.fma(fromArray(SPECIES, x, at).mul(factor), beta0);
            y0.add(fromArray(SPECIES, residual, qt)).intoArray(out, to);
            FloatVector y1 = gamma1.fma(fromArray(SPECIES, x, at + LANES).mul(factor), beta1);
            y1.add(fromArray(SPECIES, residual, qt + LANES)).intoArray(out, to + LANES);
            FloatVector y2 = gamma2.fma(fromArray(SPECIES, x, at + 2 * LANES).mul(factor), beta2);
            y2.add(fromArray(SPECIES, residual, qt + 2 * LANES)).intoArray(out, to + 2 * LANES);
            FloatVector y3 = gamma3.fma(fromArray(SPECIES, x, at + 3 * LANES).mul(factor), beta3);
            y3.add(fromArray(SPECIES, residual, qt + 3 * LANES)).intoArray(out, to + 3 * LANES);
            at += la;
            qt += lq;
            to += stride;
        }
    }

    /** {@code u = gamma (gamma xhat + beta - (XV - XK))}, {@code E = ell (u - mean u - xhat mean(u xhat)) / s}, Z being centred. */
    private void errors(InnerHead<FlatMatrix> head, FlatMatrix Z, FlatMatrix XK, FlatMatrix E, int k, int rows) {
        float[] x = Z.array();
        float[] v = head.XV.array();
        float[] key = XK.array();
        float[] e = E.array();
        float[] scales = norms.inverse;
        float[] ell = head.ell;
        FloatVector gamma0 = fromArray(SPECIES, head.gamma.array(), 0);
        FloatVector gamma1 = fromArray(SPECIES, head.gamma.array(), LANES);
        FloatVector gamma2 = fromArray(SPECIES, head.gamma.array(), 2 * LANES);
        FloatVector gamma3 = fromArray(SPECIES, head.gamma.array(), 3 * LANES);
        FloatVector beta0 = fromArray(SPECIES, head.beta.array(), 0);
        FloatVector beta1 = fromArray(SPECIES, head.beta.array(), LANES);
        FloatVector beta2 = fromArray(SPECIES, head.beta.array(), 2 * LANES);
        FloatVector beta3 = fromArray(SPECIES, head.beta.array(), 3 * LANES);
        int at = Z.row(0);
        int vt = head.XV.row(0);
        int kt = XK.row(k);
        int et = E.row(k);
        int la = Z.stride();
        int lv = head.XV.stride();
        int lk = XK.stride();
        int le = E.stride();
        for (int t = 0; t < rows; t++) {
            FloatVector factor = broadcast(SPECIES, scales[t]);
            FloatVector xhat0 = fromArray(SPECIES, x, at).mul(factor);
            FloatVector xhat1 = fromArray(SPECIES, x, at + LANES).mul(factor);
            FloatVector xhat2 = fromArray(SPECIES, x, at + 2 * LANES).mul(factor);
            FloatVector xhat3 = fromArray(SPECIES, x, at + 3 * LANES).mul(factor);
            FloatVector shift0 = beta0.sub(fromArray(SPECIES, v, vt)).add(fromArray(SPECIES, key, kt));
            FloatVector shift1 = beta1.sub(fromArray(SPECIES, v, vt + LANES)).add(fromArray(SPECIES, key, kt + LANES));
            FloatVector shift2 =
                    beta2.sub(fromArray(SPECIES, v, vt + 2 * LANES)).add(fromArray(SPECIES, key, kt + 2 * LANES));
            FloatVector shift3 =
                    beta3.sub(fromArray(SPECIES, v, vt + 3 * LANES)).add(fromArray(SPECIES, key, kt + 3 * LANES));
            FloatVector u0 = gamma0.fma(xhat0, shift0).mul(gamma0);
            FloatVector u1 = gamma1.fma(xhat1, shift1).mul(gamma1);
            FloatVector u2 = gamma2.fma(xhat2, shift2).mul(gamma2);
            FloatVector u3 = gamma3.fma(xhat3, shift3).mul(gamma3);
            FloatVector mean = u0.add(u1).add(u2.add(u3));
            FloatVector along = u3.fma(xhat3, u2.fma(xhat2, u1.fma(xhat1, u0.mul(xhat0))));
            mean = LANES == 16 ? mean.add(mean.rearrange(BY_8)) : mean;
            mean = mean.add(mean.rearrange(BY_4));
            mean = mean.add(mean.rearrange(BY_2));
            mean = mean.add(mean.rearrange(BY_1)).mul(-PER_COLUMN);
            along = LANES == 16 ? along.add(along.rearrange(BY_8)) : along;
            along = along.add(along.rearrange(BY_4));
            along = along.add(along.rearrange(BY_2));
            along = along.add(along.rearrange(BY_1)).mul(-PER_COLUMN);
            FloatVector rate = broadcast(SPECIES, ell[t]);
            along.fma(xhat0, u0.add(mean)).mul(factor).mul(rate).intoArray(e, et);
            along.fma(xhat1, u1.add(mean)).mul(factor).mul(rate).intoArray(e, et + LANES);
            along.fma(xhat2, u2.add(mean)).mul(factor).mul(rate).intoArray(e, et + 2 * LANES);
            along.fma(xhat3, u3.add(mean)).mul(factor).mul(rate).intoArray(e, et + 3 * LANES);
            at += la;
            vt += lv;
            kt += lk;
            et += le;
        }
    }
}
