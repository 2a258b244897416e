package org.ttt4j.kernel;

import java.util.Arrays;

/** The backward of an {@link InnerHead}; collects the gradients of the lane's scale, shift and position factors. */
final class InnerHeadGradient<M> {

    final M R; // [R, D] gradient at Zq before its norm
    final M dXQ; // [R, D]
    final M h; // [R, D] gradient at delta
    final M dZ; // [R, D] gradient at the model's output for the keys, before its norm
    final float[] da; // [K]
    private final InnerHead<M> head;
    private final Matrices<M> matrices;
    private final RowMath<M> math;
    private final int size;
    private final M dGamma; // [1, D]
    private final M dBeta; // [1, D]
    private final M dXV; // [R, D]
    private final M ut; // [R, D] gradient at u
    private final M et; // [R, D] gradient at e
    private final float[] dRate; // [R]
    private final float[] dots; // [R]

    InnerHeadGradient(InnerHead<M> head, InnerShape shape) {
        this.head = head;
        matrices = head.matrices;
        math = head.math;
        size = head.size;
        int rows = shape.rowLimit();
        R = matrices.matrix(rows, size);
        dXQ = matrices.matrix(rows, size);
        h = matrices.matrix(rows, size);
        dZ = matrices.matrix(rows, size);
        da = new float[shape.miniBatch()];
        dGamma = matrices.matrix(1, size);
        dBeta = matrices.matrix(1, size);
        dXV = matrices.matrix(rows, size);
        ut = matrices.matrix(rows, size);
        et = matrices.matrix(rows, size);
        dRate = new float[rows];
        dots = new float[rows];
    }

    void begin() {
        Arrays.fill(da, 0);
        matrices.zero(dGamma, 1, size);
        matrices.zero(dBeta, 1, size);
    }

    /** Writes gamma [D], beta [D], a [K]. */
    void write(float[] to, int at) {
        matrices.write(dGamma, 0, to, at, size, 1, size);
        matrices.write(dBeta, 0, to, at + size, size, 1, size);
        System.arraycopy(da, 0, to, at + 2 * size, da.length);
    }

    /** From the gradient at the output to R, and dXQ of the residual. */
    void output(Segment segment, InnerChunk chunk, InnerShape shape, float[] dOut) {
        int r = segment.rows();
        matrices.read(dOut, head.offset(segment, chunk, shape), shape.channels(), dXQ, 0, r, size);
        math.addSumOfProducts(dGamma, dXQ, head.Zq, r, size);
        math.addSum(dBeta, 0, 1, dXQ, 0, r, size);
        math.multiplyEach(ut, dXQ, head.gamma, r, size);
        math.project(ut, head.Zq, head.sq, R, r, size);
    }

    /** The rate's gradient and h, from the gradient at the errors E = ell delta. */
    void rate(Segment segment, M dE) {
        math.dots(dRate, dE, segment.stored(), head.delta, 0, segment.rows(), size);
        math.scale(h, 0, head.ell, 0, dE, segment.stored(), segment.rows(), size);
    }

    /** Adds X . Y, row by row, to the rate's gradient. */
    void addRate(Segment segment, M X, M Y, int n) {
        math.dots(dots, X, 0, Y, 0, segment.rows(), n);
        for (int t = 0; t < segment.rows(); t++) {
            dRate[t] += dots[t];
        }
    }

    /**
     * Through delta = project(u) and u = gamma (gamma xhat + beta - (v - k)): from h to dZ, dXV, and what XK gets as part of
     * the target.
     *
     * @param xhat [R, D] the normalised outputs for the keys
     * @param dXK gradient at the keys, added to
     */
    void innerGradient(Segment segment, M xhat, M dXK) {
        int r = segment.rows();
        math.project(h, xhat, head.s, ut, r, size);
        math.multiplyEach(et, ut, head.gamma, r, size);
        math.addSumOfProducts(dGamma, ut, head.e, r, size);
        math.addSumOfProducts(dGamma, et, xhat, r, size);
        math.addSum(dBeta, 0, 1, et, 0, r, size);
        math.scale(dXV, 0, -1, et, 0, r, size);
        math.add(dXK, segment.stored(), 1, et, 0, r, size);
        math.throughNorm(head, h, et, xhat, dZ, r);
    }

    /** Writes the segment's token gradients. */
    void write(Segment segment, InnerChunk chunk, InnerShape shape, M dXK, InnerGradients g) {
        int at = head.offset(segment, chunk, shape);
        int c = shape.channels();
        matrices.write(dXQ, 0, g.q(), at, c, segment.rows(), size);
        matrices.write(dXK, segment.stored(), g.k(), at, c, segment.rows(), size);
        matrices.write(dXV, 0, g.v(), at, c, segment.rows(), size);
        int first = head.rateOffset(segment, chunk, shape);
        for (int t = 0; t < segment.rows(); t++) {
            g.rate()[first + t * shape.heads()] = dRate[t];
        }
    }
}
