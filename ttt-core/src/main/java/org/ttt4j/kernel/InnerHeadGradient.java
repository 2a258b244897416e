package org.ttt4j.kernel;

import java.util.Arrays;

/** The backward of an {@link InnerHead}; collects the gradients of the lane's scale, shift and position factors. */
final class InnerHeadGradient<M> {

    final InnerHead<M> head;
    final M dGamma; // [1, D]
    final M dBeta; // [1, D]
    final M dXV; // [R, D]
    final M ut; // [R, D] gradient at u
    final float[] dRate; // [R]
    final float[] da; // [K]
    private final Matrices<M> matrices;
    private final RowMath<M> math;
    private final int size;

    InnerHeadGradient(InnerHead<M> head, InnerShape shape) {
        this.head = head;
        matrices = head.matrices;
        math = head.math;
        size = head.size;
        int rows = shape.rowLimit();
        dGamma = matrices.matrix(1, size);
        dBeta = matrices.matrix(1, size);
        dXV = matrices.matrix(rows, size);
        ut = matrices.matrix(rows, size);
        dRate = new float[InnerShape.padded(rows)];
        da = new float[shape.miniBatch()];
    }

    void begin() {
        Arrays.fill(da, 0);
        matrices.zero(dGamma, 0, 1, size);
        matrices.zero(dBeta, 0, 1, size);
    }

    /** Writes gamma [D], beta [D], a [K]. */
    void write(float[] to, int at) {
        matrices.write(dGamma, 0, to, at, size, 1, size);
        matrices.write(dBeta, 0, to, at + size, size, 1, size);
        System.arraycopy(da, 0, to, at + 2 * size, da.length);
    }

    /**
     * From the gradient at the output to that at the queries, by the residual, and to that at the model's outputs for the
     * queries before their norm.
     *
     * @param Z the model's outputs, those for the queries normalised
     * @param dX gets the gradient at the queries
     * @param dZ gets the gradient at the outputs
     */
    void output(Segment segment, InnerChunk chunk, InnerShape shape, float[] dOut, M Z, M dX, M dZ) {
        int r = segment.rows();
        int q = segment.all();
        matrices.read(dOut, head.offset(segment, chunk, shape), shape.channels(), dX, q, r, size);
        math.outputGradient(this, dX, q, Z, r, dZ, r, r);
    }

    /**
     * From the gradient at the errors E = ell delta to that at the rates, at the values, at the keys as part of the target,
     * and at the model's outputs for the keys before their norm.
     *
     * @param Z the model's outputs, those for the keys normalised
     * @param dX the gradient at the keys, added to
     * @param dZ gets the gradient at the outputs
     */
    void innerGradient(Segment segment, M Z, M X, M dE, M dX, M dZ) {
        math.innerGradientBackward(this, Z, X, dE, dX, segment.stored(), dZ, segment.rows());
    }

    /** Writes the segment's token gradients. */
    void write(Segment segment, InnerChunk chunk, InnerShape shape, M dX, InnerGradients g) {
        int at = head.offset(segment, chunk, shape);
        int c = shape.channels();
        matrices.write(dX, segment.all(), g.q(), at, c, segment.rows(), size);
        matrices.write(dX, segment.stored(), g.k(), at, c, segment.rows(), size);
        matrices.write(dXV, 0, g.v(), at, c, segment.rows(), size);
        int first = head.rateOffset(segment, chunk, shape);
        for (int t = 0; t < segment.rows(); t++) {
            g.rate()[first + t * shape.heads()] = dRate[t];
        }
    }
}
