package org.ttt4j.kernel;

/**
 * One linear map {@code x W + b} of the inner model in the dual form (Sun et al. 2024, section 2.5): its weights at the
 * mini-batch's start, the keys X and errors E = ell delta of the tokens since, and the running sums of those already folded.
 * A query sees {@code x W + b - a (x G + g + sum over earlier keys of (x . X_s + 1) E_s)}.
 *
 * <p>W and G have the bias as their last row.
 */
final class DualLayer<M> {

    /** With fewer rows than this, transposing W costs more than it saves. */
    private static final int TRANSPOSE_FROM = 4;

    final Matrices<M> matrices;
    final RowMath<M> math;
    final int inputs;
    final int outputs;
    final M W; // [inputs + 1, outputs]
    final M X; // [R, inputs] keys: stored rows, then the segment's
    final M E; // [R, outputs] errors likewise
    final M P; // [R, R] query . key + 1 of the segment
    final M Y; // [R, outputs] what a scales
    final M Z; // [R, outputs] X W + b of the segment's keys
    private M G; // [inputs + 1, outputs], null until needed
    private M WT; // [outputs, inputs], likewise
    private boolean transposed;

    DualLayer(Matrices<M> matrices, RowMath<M> math, int inputs, int outputs, int rows) {
        this.matrices = matrices;
        this.math = math;
        this.inputs = inputs;
        this.outputs = outputs;
        W = matrices.matrix(inputs + 1, outputs);
        X = matrices.matrix(rows, inputs);
        E = matrices.matrix(rows, outputs);
        P = matrices.matrix(rows, rows);
        Y = matrices.matrix(rows, outputs);
        Z = matrices.matrix(rows, outputs);
    }

    /** Floats of the weights where they are kept. */
    int floats() {
        return (inputs + 1) * InnerShape.padded(outputs);
    }

    /** Works on the weights of a state until {@link #release}. */
    void attachWeights(float[] state, int at) {
        matrices.attach(W, state, at, inputs + 1, outputs);
        transposed = false;
    }

    void updateWeights(float[] state, int at) {
        matrices.update(W, state, at, inputs + 1, outputs);
    }

    /** Works on the sums of a state until {@link #release}. */
    void attachSums(float[] state, int at) {
        matrices.attach(sums(), state, at, inputs + 1, outputs);
    }

    void updateSums(float[] state, int at) {
        matrices.update(G, state, at, inputs + 1, outputs);
    }

    /** Leaves the state. */
    void release() {
        matrices.release(W);
        if (G != null) {
            matrices.release(G);
        }
    }

    void readWeights(float[] from, int at) {
        matrices.read(from, at, InnerShape.padded(outputs), W, 0, inputs + 1, outputs);
        transposed = false;
    }

    void writeWeights(float[] to, int at) {
        matrices.write(W, 0, to, at, InnerShape.padded(outputs), inputs + 1, outputs);
    }

    void readSums(float[] from, int at) {
        matrices.read(from, at, InnerShape.padded(outputs), sums(), 0, inputs + 1, outputs);
    }

    void writeSums(float[] to, int at) {
        matrices.write(G, 0, to, at, InnerShape.padded(outputs), inputs + 1, outputs);
    }

    /** {@code Z = X W + b} for the segment's keys. */
    void keys(Segment s) {
        matrices.affine(Z, X, s.stored(), W, s.rows(), inputs, outputs);
    }

    /**
     * {@code Zq = Xq W + b - a Y} with {@code Y = Xq G + g + P E}, for the segment's queries.
     *
     * @param minusA the position factors, negative
     */
    void queries(Segment s, M Xq, float[] minusA, M Zq) {
        int r = s.rows();
        matrices.lower(P, 1, Xq, X, s.stored(), r, inputs);
        if (s.summed()) {
            matrices.affine(Y, Xq, 0, G, r, inputs, outputs);
        } else {
            matrices.zero(Y, r, outputs);
        }
        matrices.addLower(Y, P, E, s.stored(), r, outputs);
        matrices.affine(Zq, Xq, 0, W, r, inputs, outputs);
        math.add(Zq, 0, minusA, s.place(), Y, 0, r, outputs);
    }

    /** {@code dX = dZ W'}. */
    void reverse(M dZ, M dX, int rows) {
        if (rows < TRANSPOSE_FROM) {
            matrices.dots(dX, dZ, W, rows, inputs, outputs);
        } else {
            matrices.zero(dX, rows, inputs);
            matrices.add(dX, 0, dZ, 0, transposed(), rows, outputs, inputs);
        }
    }

    /** Ends the segment: folds its rows into the sums, or takes the mini-batch's step of size alpha. */
    void finish(Segment s, float alpha) {
        if (s.end() == Segment.End.CLOSE) {
            addGradient(W, -alpha, X, 0, E, 0, s.all());
            if (s.summed()) {
                math.add(W, 0, -alpha, G, 0, inputs + 1, outputs);
            }
            transposed = false;
        } else if (s.end() == Segment.End.FOLD) {
            if (!s.summed()) {
                matrices.zero(sums(), inputs + 1, outputs);
            }
            addGradient(G, 1, X, 0, E, 0, s.all());
        }
    }

    /** Adds to weights, or what has their shape, scale times the gradient of {@code x W + b}: X'E, and for b the sum of E. */
    void addGradient(M to, float scale, M X, int x, M E, int e, int depth) {
        matrices.addOuter(to, scale, X, x, E, e, depth, inputs, outputs);
        math.addSum(to, inputs, scale, E, e, depth, outputs);
    }

    /** W' without the bias, [outputs, inputs]. */
    M transposed() {
        if (WT == null) {
            WT = matrices.matrix(outputs, inputs);
        }
        if (!transposed) {
            matrices.transpose(WT, 1, W, inputs, outputs);
            transposed = true;
        }
        return WT;
    }

    M sums() {
        if (G == null) {
            G = matrices.matrix(inputs + 1, outputs);
        }
        return G;
    }
}
