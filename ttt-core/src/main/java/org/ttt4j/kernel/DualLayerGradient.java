package org.ttt4j.kernel;

/**
 * The backward of a {@link DualLayer}, walking segments from the last to the first. Carries the outer loss's gradient with
 * respect to the weights and the running sums; per segment yields that of its keys, errors and queries.
 *
 * <p>Per segment, with the layer as it stood when the segment began and its X, E, P, A computed: {@link #finish} and
 * {@link #lookBack}, once the gradient at the outputs for the queries is known; then, with that for the keys,
 * {@link #inputs} and {@link #weights}.
 */
final class DualLayerGradient<M> {

    final M dX; // [2R, inputs] at the keys, those stored and the segment's; then at its queries
    final M dE; // [R, outputs] at the errors
    final M dZ; // [3R, outputs] at the outputs for the segment's keys, then for its queries; then its errors
    private final DualLayer<M> layer;
    private final Matrices<M> matrices;
    private final RowMath<M> math;
    private final int inputs;
    private final int outputs;
    private final M dW; // [inputs + 1, outputs]
    private final M dG;
    private final M dP; // [R, R]
    private final M S; // [R, outputs] gradient at what the sums give
    private final M wide; // [outputs, inputs] some matrix transposed
    private final float[] dots; // [inputs + 1 or R]

    DualLayerGradient(DualLayer<M> layer, int rows) {
        this.layer = layer;
        matrices = layer.matrices;
        math = layer.math;
        inputs = layer.inputs;
        outputs = layer.outputs;
        dX = matrices.matrix(2 * rows, inputs);
        dE = matrices.matrix(rows, outputs);
        dZ = matrices.matrix(3 * rows, outputs);
        dW = matrices.matrix(inputs + 1, outputs);
        dG = matrices.matrix(inputs + 1, outputs);
        dP = matrices.matrix(rows, rows);
        S = matrices.matrix(rows, outputs);
        wide = matrices.matrix(outputs, inputs);
        dots = new float[InnerShape.padded(Math.max(inputs + 1, rows))];
    }

    /** Nothing reads the state after the last segment. */
    void begin() {
        matrices.zero(dW, 0, inputs + 1, outputs);
        matrices.zero(dG, 0, inputs + 1, outputs);
    }

    /** The gradient with respect to the weights at the start of the segment seen last. */
    void writeWeights(float[] to, int at) {
        matrices.write(dW, 0, to, at, InnerShape.padded(outputs), inputs + 1, outputs);
    }

    /** Through the step W -= alpha (X'E + G) or the fold G += X'E at the segment's end. Sets dX and dE of all its keys. */
    void finish(Segment s, float alpha, float[] da) {
        if (s.end() == Segment.End.CLOSE) {
            close(s, alpha, da);
        } else if (s.end() == Segment.End.FOLD) {
            through(s, dG, 1);
        } else {
            matrices.zero(dX, 0, s.all(), inputs);
            matrices.zero(dE, 0, s.all(), outputs);
        }
    }

    private void close(Segment s, float alpha, float[] da) {
        through(s, dW, -alpha);
        float step = sumOfDots(dE, layer.E, s.all());
        math.scale(dE, 0, -alpha, dE, 0, s.all(), outputs);
        if (s.summed()) {
            step += sumOfDots(dW, layer.sums(), inputs + 1);
            math.scale(dG, 0, -alpha, dW, 0, inputs + 1, outputs);
        }
        da[s.place() + s.rows() - 1] -= step;
    }

    /** Through a sum X'E with that gradient: {@code dE = X gradient + its last row}, {@code dX = scale E gradient'}. */
    private void through(Segment s, M gradient, float scale) {
        matrices.affine(dE, 0, layer.X, 0, gradient, s.all(), inputs, outputs);
        matrices.transpose(wide, scale, gradient, inputs, outputs);
        matrices.product(dX, 0, layer.E, 0, wide, s.all(), outputs, inputs);
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
     * Through what the queries see of the keys, from the gradient at their outputs: adds to dE, to dX, which must hold
     * something for the queries too, and to da.
     *
     * @param minusA the position factors, negative
     */
    void lookBack(Segment s, float[] minusA, float[] da) {
        int r = s.rows();
        matrices.lower(dP, 0, dZ, r, layer.E, s.stored(), r, outputs);
        subtractDots(da, s, dP, 0, layer.P, s.all());
        math.scale(dP, 0, minusA, s.place(), dP, 0, r, s.all());
        matrices.addLowerTransposed(dE, layer.A, dZ, r, s.stored(), r, outputs);
        matrices.addLower(dX, s.all(), dP, layer.X, s.stored(), r, inputs);
        matrices.addLowerTransposed(dX, dP, layer.X, s.all(), s.stored(), r, inputs);
        if (s.summed()) {
            lookBackOnSums(s, minusA, da);
        }
    }

    private void lookBackOnSums(Segment s, float[] minusA, float[] da) {
        int r = s.rows();
        subtractDots(da, s, dZ, r, layer.outputsOfSums(s), outputs);
        math.scale(S, 0, minusA, s.place(), dZ, r, r, outputs);
        matrices.transpose(wide, 1, layer.sums(), inputs, outputs);
        matrices.add(dX, s.all(), S, 0, wide, r, outputs, inputs);
        layer.addGradient(dG, 1, layer.X, s.all(), S, 0, r);
    }

    private void subtractDots(float[] da, Segment s, M X, int x, M Y, int n) {
        math.dots(dots, X, x, Y, 0, s.rows(), n);
        for (int t = 0; t < s.rows(); t++) {
            da[s.place() + t] -= dots[t];
        }
    }

    /** Through {@code Z = X W + b} for keys and queries: adds to dX. */
    void inputs(Segment s) {
        matrices.add(dX, s.stored(), dZ, 0, layer.transposed(), 2 * s.rows(), outputs, inputs);
    }

    /** As {@link #inputs} for the keys alone. */
    void inputsAtKeys(Segment s) {
        matrices.add(dX, s.stored(), dZ, 0, layer.transposed(), s.rows(), outputs, inputs);
    }

    /** As {@link #inputs} for the queries alone, whose dX is written. */
    void inputsAtQueries(Segment s) {
        matrices.product(dX, s.all(), dZ, s.rows(), layer.transposed(), s.rows(), outputs, inputs);
    }

    /** Through {@code Z = X W + b} for keys and queries: the weights' gradient. */
    void weights(Segment s) {
        layer.addGradient(dW, 1, layer.X, s.stored(), dZ, 0, 2 * s.rows());
    }

    /**
     * Through {@link DualLayer#reverse}, whose gradient is in the layer's X in the rows after the queries: adds to dE, and
     * makes {@link #weightsWithReverse} ready.
     */
    void reverse(Segment s) {
        int r = s.rows();
        matrices.add(dE, s.stored(), layer.X, s.all() + r, layer.W, r, inputs, outputs);
        math.scale(dZ, 2 * r, 1, layer.E, s.stored(), r, outputs);
    }

    /** As {@link #weights}, with what {@link #reverse} adds. */
    void weightsWithReverse(Segment s) {
        matrices.addOuter(dW, 1, layer.X, s.stored(), dZ, 0, 3 * s.rows(), inputs, outputs);
        math.addSum(dW, inputs, 1, dZ, 0, 2 * s.rows(), outputs);
    }
}
