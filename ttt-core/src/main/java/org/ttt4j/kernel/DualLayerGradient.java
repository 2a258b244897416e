package org.ttt4j.kernel;

/**
 * The backward of a {@link DualLayer}, walking segments from the last to the first. Carries the outer loss's gradient with
 * respect to the weights and the running sums; per segment yields that of its keys, errors and queries.
 *
 * <p>Per segment, with the layer as it stood when the segment began and its P, Y, X, E computed: {@link #finish}, then
 * {@link #queries}, then {@link #keys}.
 */
final class DualLayerGradient<M> {

    final M dX; // [R, inputs] at the keys
    final M dE; // [R, outputs] at the errors
    private final DualLayer<M> layer;
    private final Matrices<M> matrices;
    private final RowMath<M> math;
    private final int inputs;
    private final int outputs;
    private final M dW; // [inputs + 1, outputs]
    private final M dG;
    private final M dP; // [R, R]
    private final M S; // [R, outputs] -a R: gradient at Y
    private final M T; // [R, outputs]
    private final M wide; // [outputs, inputs] some matrix transposed
    private final float[] dots; // [inputs + 1 or R]

    DualLayerGradient(DualLayer<M> layer, int rows) {
        this.layer = layer;
        matrices = layer.matrices;
        math = layer.math;
        inputs = layer.inputs;
        outputs = layer.outputs;
        dX = matrices.matrix(rows, inputs);
        dE = matrices.matrix(rows, outputs);
        dW = matrices.matrix(inputs + 1, outputs);
        dG = matrices.matrix(inputs + 1, outputs);
        dP = matrices.matrix(rows, rows);
        S = matrices.matrix(rows, outputs);
        T = matrices.matrix(rows, outputs);
        wide = matrices.matrix(outputs, inputs);
        dots = new float[Math.max(inputs + 1, rows)];
    }

    /** Nothing reads the state after the last segment. */
    void begin() {
        matrices.zero(dW, inputs + 1, outputs);
        matrices.zero(dG, inputs + 1, outputs);
    }

    /** The gradient with respect to the weights at the start of the segment seen last. */
    void writeWeights(float[] to, int at) {
        matrices.write(dW, 0, to, at, InnerShape.padded(outputs), inputs + 1, outputs);
    }

    /** Through the step W -= alpha (X'E + G) or the fold G += X'E at the segment's end. Sets dX and dE of all rows. */
    void finish(Segment s, float alpha, float[] da) {
        matrices.zero(dX, s.all(), inputs);
        if (s.end() == Segment.End.CLOSE) {
            close(s, alpha, da);
        } else if (s.end() == Segment.End.FOLD) {
            matrices.affine(dE, layer.X, 0, dG, s.all(), inputs, outputs);
            matrices.transpose(wide, 1, dG, inputs, outputs);
            matrices.add(dX, 0, layer.E, 0, wide, s.all(), outputs, inputs);
        } else {
            matrices.zero(dE, s.all(), outputs);
        }
    }

    private void close(Segment s, float alpha, float[] da) {
        matrices.affine(T, layer.X, 0, dW, s.all(), inputs, outputs);
        float step = sumOfDots(T, layer.E, s.all());
        math.scale(dE, 0, -alpha, T, 0, s.all(), outputs);
        matrices.transpose(wide, -alpha, dW, inputs, outputs);
        matrices.add(dX, 0, layer.E, 0, wide, s.all(), outputs, inputs);
        if (s.summed()) {
            step += sumOfDots(dW, layer.sums(), inputs + 1);
            math.scale(dG, 0, -alpha, dW, 0, inputs + 1, outputs);
        }
        da[s.place() + s.rows() - 1] -= step;
    }

    private float sumOfDots(M A, M B, int rows) {
        math.dots(dots, A, 0, B, 0, rows, outputs);
        float sum = 0;
        for (int t = 0; t < rows; t++) {
            sum += dots[t];
        }
        return sum;
    }

    /**
     * Through the queries.
     *
     * @param R gradient at Zq
     * @param minusA the position factors, negative
     * @param dXq gradient at the queries, added to
     */
    void queries(Segment s, M Xq, M R, float[] minusA, M dXq, float[] da) {
        int r = s.rows();
        math.dots(dots, R, 0, layer.Y, 0, r, outputs);
        for (int t = 0; t < r; t++) {
            da[s.place() + t] -= dots[t];
        }
        math.scale(S, 0, minusA, s.place(), R, 0, r, outputs);
        matrices.add(dXq, 0, R, 0, layer.transposed(), r, outputs, inputs);
        layer.addGradient(dW, 1, Xq, 0, R, 0, r);
        matrices.lower(dP, 0, S, layer.E, s.stored(), r, outputs);
        matrices.addLowerTransposed(dE, layer.P, S, s.stored(), r, outputs);
        matrices.addLower(dXq, dP, layer.X, s.stored(), r, inputs);
        matrices.addLowerTransposed(dX, dP, Xq, s.stored(), r, inputs);
        if (s.summed()) {
            matrices.transpose(wide, 1, layer.sums(), inputs, outputs);
            matrices.add(dXq, 0, S, 0, wide, r, outputs, inputs);
            layer.addGradient(dG, 1, Xq, 0, S, 0, r);
        }
    }

    /** Through Z = X W + b of the segment's own keys, whose dX it completes. */
    void keys(Segment s, M dZ) {
        matrices.add(dX, s.stored(), dZ, 0, layer.transposed(), s.rows(), outputs, inputs);
        layer.addGradient(dW, 1, layer.X, s.stored(), dZ, 0, s.rows());
    }

    /** Through {@link DualLayer#reverse}: {@code dX = dZ W'} of the forward; adds to the gradient at dZ. */
    void reverse(Segment s, M gradient, M dZ, M atDZ) {
        matrices.add(atDZ, 0, gradient, 0, layer.W, s.rows(), inputs, outputs);
        matrices.addOuter(dW, 1, gradient, 0, dZ, 0, s.rows(), inputs, outputs);
    }
}
