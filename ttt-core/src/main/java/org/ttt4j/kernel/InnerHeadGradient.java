package org.ttt4j.kernel;

import java.util.Arrays;

/** The backward of an {@link InnerHead}; collects the gradients of the lane's scale, shift and position factors. */
final class InnerHeadGradient {

    final float[][] R; // [R, D] gradient at Zq before its norm
    final float[][] dXQ; // [R, D]
    final float[][] h; // [R, D] gradient at delta
    final float[][] dZ; // [R, D] gradient at the model's output for the keys, before its norm
    final float[] da; // [K]
    private final InnerHead head;
    private final int size;
    private final float[] dGamma;
    private final float[] dBeta;
    private final float[][] dXV; // [R, D]
    private final float[] ut;
    private final float[] et;
    private final float[] drate; // [R]

    InnerHeadGradient(InnerHead head, int rows, int miniBatch) {
        this.head = head;
        size = head.size;
        R = Rows.of(rows, size);
        dXQ = Rows.of(rows, size);
        h = Rows.of(rows, size);
        dZ = Rows.of(rows, size);
        da = new float[miniBatch];
        dGamma = new float[size];
        dBeta = new float[size];
        dXV = Rows.of(rows, size);
        ut = new float[size];
        et = new float[size];
        drate = new float[rows];
    }

    void begin() {
        Arrays.fill(da, 0);
        Arrays.fill(dGamma, 0);
        Arrays.fill(dBeta, 0);
    }

    /** Writes gamma [D], beta [D], a [K]. */
    void write(float[] to, int at) {
        System.arraycopy(dGamma, 0, to, at, size);
        System.arraycopy(dBeta, 0, to, at + size, size);
        System.arraycopy(da, 0, to, at + 2 * size, da.length);
    }

    /** From the gradient at the output to R, and dXQ of the residual. */
    void output(Segment segment, InnerChunk chunk, InnerShape shape, float[] dOut) {
        Rows.read(dOut, head.offset(segment, chunk, shape), shape.channels(), dXQ, 0, segment.rows(), size);
        for (int t = 0; t < segment.rows(); t++) {
            Rows.addProduct(dGamma, dXQ[t], head.Zq[t], size);
            Rows.add(dBeta, 1, dXQ[t], size);
            Rows.multiply(ut, dXQ[t], head.gamma, size);
            Norms.project(ut, head.Zq[t], head.sq[t], R[t], size);
        }
    }

    /** The rate's gradient and h, from the gradient at the errors E = ell delta. */
    void rate(Segment segment, float[][] dE) {
        for (int t = 0; t < segment.rows(); t++) {
            float[] row = dE[segment.stored() + t];
            drate[t] = Dots.dot(row, head.delta[t], size);
            Rows.scale(h[t], head.ell[t], row, size);
        }
    }

    void addRate(int t, float value) {
        drate[t] += value;
    }

    /**
     * Through delta = project(u) and u = gamma (gamma xhat + beta - (v - k)): from h to dZ, dXV, and what XK gets as part of
     * the target.
     *
     * @param xhat [R, D] the normalised outputs for the keys
     * @param dXK gradient at the keys, added to
     */
    void innerGradient(Segment segment, float[][] xhat, float[][] dXK) {
        for (int t = 0; t < segment.rows(); t++) {
            Norms.project(h[t], xhat[t], head.s[t], ut, size);
            Rows.multiply(et, head.gamma, ut, size);
            Rows.addProduct(dGamma, ut, head.e[t], size);
            Rows.addProduct(dGamma, et, xhat[t], size);
            Rows.add(dBeta, 1, et, size);
            Rows.scale(dXV[t], -1, et, size);
            Rows.add(dXK[segment.stored() + t], 1, et, size);
            throughNorm(t, xhat[t]);
        }
    }

    private void throughNorm(int t, float[] xhat) {
        float[] ht = h[t];
        float[] u = head.u[t];
        float[] x = ut;
        float inverse = 1 / head.s[t];
        float alongU = Dots.dot(u, xhat, size) / size * inverse;
        float alongH = Dots.dot(ht, xhat, size) / size * inverse;
        for (int j = 0; j < size; j++) {
            x[j] = head.gamma[j] * et[j] - alongU * ht[j] - alongH * u[j];
        }
        float mean = Dots.sum(x, size) / size;
        float along = (Dots.dot(x, xhat, size) + Dots.dot(ht, head.delta[t], size)) / size;
        float[] z = dZ[t];
        for (int j = 0; j < size; j++) {
            z[j] = (x[j] - mean - xhat[j] * along) * inverse;
        }
    }

    /** Writes the segment's token gradients. */
    void write(Segment segment, InnerChunk chunk, InnerShape shape, float[][] dXK, InnerGradients g) {
        int at = head.offset(segment, chunk, shape);
        int c = shape.channels();
        Rows.write(dXQ, 0, g.q(), at, c, segment.rows(), size);
        Rows.write(dXK, segment.stored(), g.k(), at, c, segment.rows(), size);
        Rows.write(dXV, 0, g.v(), at, c, segment.rows(), size);
        int first = head.rateOffset(segment, chunk, shape);
        for (int t = 0; t < segment.rows(); t++) {
            g.rate()[first + t * shape.heads()] = drate[t];
        }
    }
}
