package org.ttt4j.kernel;

/**
 * The backward of a {@link DualLayer}, walking segments from the last to the first. Carries the outer loss's gradient with
 * respect to the weights and the running sums; per segment yields that of its keys, errors and queries.
 *
 * <p>Per segment, with the layer as it stood when the segment began and its P, Y, X, E computed: {@link #finish}, then
 * {@link #queries}, then {@link #keys}.
 */
final class DualLayerGradient {

    final float[][] dX; // [R, inputs] at the keys
    final float[][] dE; // [R, outputs] at the errors
    private final DualLayer layer;
    private final int inputs;
    private final int outputs;
    private final float[][] dW; // [inputs + 1, outputs]
    private final float[][] dG;
    private final float[][] dP; // [R, R]
    private final float[][] S; // [R, outputs] -a R: gradient at Y
    private final float[][] T; // [R, outputs]
    private final float[][] wide; // [outputs, inputs] some matrix transposed

    DualLayerGradient(DualLayer layer, int rows) {
        this.layer = layer;
        inputs = layer.inputs;
        outputs = layer.outputs;
        dX = Rows.of(rows, inputs);
        dE = Rows.of(rows, outputs);
        dW = Rows.of(inputs + 1, outputs);
        dG = Rows.of(inputs + 1, outputs);
        dP = Rows.of(rows, rows);
        S = Rows.of(rows, outputs);
        T = Rows.of(rows, outputs);
        wide = Rows.of(outputs, inputs);
    }

    /** Nothing reads the state after the last segment. */
    void begin() {
        Rows.zero(dW, inputs + 1);
        Rows.zero(dG, inputs + 1);
    }

    /** The gradient with respect to the weights at the start of the segment seen last. */
    void writeWeights(float[] to, int at) {
        Rows.write(dW, 0, to, at, outputs, inputs + 1, outputs);
    }

    /** Through the step W -= alpha (X'E + G) or the fold G += X'E at the segment's end. Sets dX and dE of all rows. */
    void finish(Segment s, float alpha, float[] da) {
        Rows.zero(dX, s.all());
        Rows.zero(dE, s.all());
        if (s.end() == Segment.End.CLOSE) {
            close(s, alpha, da);
        } else if (s.end() == Segment.End.FOLD) {
            Products.add(dE, 0, layer.X, 0, dG, s.all(), inputs + 1, outputs);
            Dots.transpose(wide, 1, dG, inputs, outputs);
            Products.add(dX, 0, layer.E, 0, wide, s.all(), outputs, inputs);
        }
    }

    private void close(Segment s, float alpha, float[] da) {
        Rows.zero(T, s.all());
        Products.add(T, 0, layer.X, 0, dW, s.all(), inputs + 1, outputs);
        float step = 0;
        for (int t = 0; t < s.all(); t++) {
            step += Dots.dot(T[t], layer.E[t], outputs);
            Rows.scale(dE[t], -alpha, T[t], outputs);
        }
        Dots.transpose(wide, -alpha, dW, inputs, outputs);
        Products.add(dX, 0, layer.E, 0, wide, s.all(), outputs, inputs);
        for (int i = 0; s.summed() && i <= inputs; i++) {
            step += Dots.dot(dW[i], layer.G[i], outputs);
            Rows.scale(dG[i], -alpha, dW[i], outputs);
        }
        da[s.place() + s.rows() - 1] -= step;
    }

    /**
     * Through the queries.
     *
     * @param R gradient at Zq
     * @param dXq gradient at the queries, added to
     */
    void queries(Segment s, float[][] Xq, float[][] R, float[] a, float[][] dXq, float[] da) {
        int r = s.rows();
        for (int t = 0; t < r; t++) {
            da[s.place() + t] -= Dots.dot(R[t], layer.Y[t], outputs);
            Rows.scale(S[t], -a[s.place() + t], R[t], outputs);
        }
        Products.add(dXq, 0, R, 0, layer.transposed(), r, outputs, inputs);
        Products.addOuter(dW, 1, Xq, 0, R, 0, r, inputs + 1, outputs);
        Dots.lower(dP, S, layer.E, s.stored(), r, outputs);
        Products.addLowerTransposed(dE, layer.P, S, s.stored(), r, outputs);
        Products.addLower(dXq, dP, layer.X, s.stored(), r, inputs);
        Products.addLowerTransposed(dX, dP, Xq, s.stored(), r, inputs);
        if (s.summed()) {
            Dots.transpose(wide, 1, layer.G, inputs, outputs);
            Products.add(dXq, 0, S, 0, wide, r, outputs, inputs);
            Products.addOuter(dG, 1, Xq, 0, S, 0, r, inputs + 1, outputs);
        }
    }

    /** Through Z = X W of the segment's own keys, whose dX it completes. */
    void keys(Segment s, float[][] dZ) {
        Products.add(dX, s.stored(), dZ, 0, layer.transposed(), s.rows(), outputs, inputs);
        Products.addOuter(dW, 1, layer.X, s.stored(), dZ, 0, s.rows(), inputs + 1, outputs);
    }

    /** Through {@link DualLayer#reverse}: {@code dX = dZ W'} of the forward; adds to the gradient at dZ. */
    void reverse(Segment s, float[][] gradient, float[][] dZ, float[][] atDZ) {
        Products.add(atDZ, 0, gradient, 0, layer.W, s.rows(), inputs, outputs);
        Products.addOuter(dW, 1, gradient, 0, dZ, 0, s.rows(), inputs, outputs);
    }
}
