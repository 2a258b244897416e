package org.ttt4j.kernel;

import java.util.Arrays;

/** Norms of rows, their errors and gradients, on blocks of rows of a head that begin an array. */
final class BlockNorms {

    private final BlasMatrices matrices;
    private final int n;
    private final int stride;
    private final float[] values; // of rows
    private final float[] means;
    private final float[] mean; // these four are values of rows, spread
    private final float[] along;
    private final float[] inverse;
    private final float[] factor;
    private final float[] h;
    private final float[] e;
    private final TwofoldMatrix columns; // summed over the rows
    private final float[] gamma; // one row after another
    private final float[] beta;
    private TwofoldMatrix gammaOf; // what these two are copies of
    private int gammaVersion;
    private TwofoldMatrix betaOf;
    private int betaVersion;

    /** For up to so many rows of n. */
    BlockNorms(BlasMatrices matrices, int rows, int n) {
        this.matrices = matrices;
        this.n = n;
        columns = matrices.matrix(rows, n);
        stride = columns.stride();
        int all = rows * stride;
        values = new float[rows];
        means = new float[rows];
        mean = new float[all];
        along = new float[all];
        inverse = new float[all];
        factor = new float[all];
        h = new float[all];
        e = new float[all];
        gamma = new float[all];
        beta = new float[all];
    }

    private void scaleAndShift(InnerHead<TwofoldMatrix> head) {
        if (gammaOf != head.gamma || gammaVersion != head.gamma.version()) {
            repeat(head.gamma, gamma);
            gammaOf = head.gamma;
            gammaVersion = gammaOf.version();
        }
        if (betaOf != head.beta || betaVersion != head.beta.version()) {
            repeat(head.beta, beta);
            betaOf = head.beta;
            betaVersion = betaOf.version();
        }
    }

    private void repeat(TwofoldMatrix row, float[] to) {
        float[] from = row.read(0, 1);
        for (int at = 0; at < to.length; at += stride) {
            System.arraycopy(from, 0, to, at, n);
        }
    }

    /** Subtracts each row's mean; writes its deviation into s and spreads the inverses. */
    private void centre(float[] z, float[] s, int rows) {
        for (int t = 0; t < rows; t++) {
            means[t] = Blocks.sum(z, t * stride, n) / n;
        }
        Blocks.spread(means, 0, mean, rows, stride);
        Blocks.subtract(z, mean, rows * stride);
        for (int t = 0; t < rows; t++) {
            float variance = Blocks.dot(z, t * stride, z, t * stride, n) / n;
            s[t] = (float) Math.sqrt(variance + Norms.EPSILON);
        }
        spreadInverse(s, rows);
    }

    private void spreadInverse(float[] s, int rows) {
        for (int t = 0; t < rows; t++) {
            Arrays.fill(inverse, t * stride, (t + 1) * stride, 1 / s[t]);
        }
    }

    void normalise(float[] z, float[] s, int rows) {
        centre(z, s, rows);
        Blocks.multiply(z, z, inverse, rows * stride);
    }

    /** Spreads the mean of c, and that of c x, which goes to alongC, too. */
    private void means(float[] c, float[] x, float[] alongC, int rows) {
        for (int t = 0; t < rows; t++) {
            Blocks.sumAndDot(means, alongC, t, c, x, t * stride, n);
            means[t] /= n;
            alongC[t] /= n;
        }
        Blocks.spread(means, 0, mean, rows, stride);
        Blocks.spread(alongC, 0, along, rows, stride);
    }

    /** See {@link RowMath#innerErrors}; z, normalised, and u are what {@link #delta} goes on from. */
    void errors(InnerHead<TwofoldMatrix> head, float[] z, float[] k, float[] u, float[] E, int rows) {
        scaleAndShift(head);
        int all = rows * stride;
        centre(z, head.s, rows);
        Blocks.scaledError(u, z, inverse, gamma, beta, head.XV.read(0, rows), k, all);
        means(u, z, head.alongU, rows);
        for (int t = 0; t < rows; t++) {
            Arrays.fill(factor, t * stride, (t + 1) * stride, head.ell[t] * inverse[t * stride]);
        }
        Blocks.project(E, u, mean, z, along, factor, all);
    }

    /** Completes {@link #errors}. */
    void delta(InnerHead<TwofoldMatrix> head, float[] z, float[] u, int rows) {
        Blocks.project(head.delta.write(0, rows), u, mean, z, along, inverse, rows * stride);
    }

    void output(InnerHead<TwofoldMatrix> head, float[] z, float[] q, float[] out, int rows) {
        scaleAndShift(head);
        centre(z, values, rows);
        Blocks.output(out, q, gamma, z, inverse, beta, rows * stride);
    }

    /** From dOut to the gradient of gamma, added to, and that before the norm. */
    void outputGradient(InnerHeadGradient<TwofoldMatrix> to, float[] dOut, float[] x, float[] R, int rows) {
        scaleAndShift(to.head);
        int all = rows * stride;
        Blocks.multiply(columns.write(0, rows), dOut, x, all);
        matrices.addSum(to.dGamma, 0, 1, columns, 0, rows, n);
        Blocks.multiply(h, dOut, gamma, all);
        spreadInverse(to.head.sq, rows);
        means(h, x, values, rows);
        Blocks.project(R, h, mean, x, along, inverse, all);
    }

    /** See {@link RowMath#innerGradientBackward}; its dRate is known, and the gradient at XK is minus that at XV. */
    void innerGradientBackward(
            InnerHeadGradient<TwofoldMatrix> to, float[] x, float[] k, float[] dE, float[] dZ, int rows) {
        InnerHead<TwofoldMatrix> head = to.head;
        scaleAndShift(head);
        int all = rows * stride;
        Blocks.spread(head.ell, 0, factor, rows, stride);
        Blocks.multiply(h, dE, factor, all);
        spreadInverse(head.s, rows);
        means(h, x, values, rows);
        float[] ut = to.ut.write(0, rows);
        Blocks.project(ut, h, mean, x, along, inverse, all);
        Blocks.multiply(e, gamma, ut, all);
        float[] v = head.XV.read(0, rows);
        Blocks.scaleGradient(columns.write(0, rows), ut, gamma, x, beta, v, k, e, all);
        matrices.addSum(to.dGamma, 0, 1, columns, 0, rows, n);
        System.arraycopy(e, 0, columns.write(0, rows), 0, all);
        matrices.addSum(to.dBeta, 0, 1, columns, 0, rows, n);
        Blocks.scale(to.dXV.write(0, rows), -1, e, all);
        throughNorm(to, x, dZ, rows);
    }

    /** Through {@code delta = project(u)}, which depends on Z through u, x and s; values are the means of h x. */
    private void throughNorm(InnerHeadGradient<TwofoldMatrix> to, float[] x, float[] dZ, int rows) {
        InnerHead<TwofoldMatrix> head = to.head;
        int all = rows * stride;
        for (int t = 0; t < rows; t++) {
            Arrays.fill(along, t * stride, (t + 1) * stride, values[t] / head.s[t]);
            Arrays.fill(factor, t * stride, (t + 1) * stride, head.alongU[t] / head.s[t]);
        }
        Blocks.throughNorm(dZ, gamma, e, factor, h, along, head.u.read(0, rows), all);
        means(dZ, x, values, rows);
        for (int t = 0; t < rows; t++) {
            values[t] += head.ell[t] * to.dRate[t] / n;
        }
        Blocks.spread(values, 0, along, rows, stride);
        Blocks.project(dZ, dZ, mean, x, along, inverse, all);
    }
}
