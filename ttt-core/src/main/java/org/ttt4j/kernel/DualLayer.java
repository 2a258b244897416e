package org.ttt4j.kernel;

/**
 * One linear map {@code x W + b} of the inner model in the dual form (Sun et al. 2024, section 2.5): its weights at the
 * mini-batch's start, the keys X and errors E = ell delta of the tokens since, and the running sums of those already folded.
 * A query sees {@code x W + b - a (x G + g + sum over earlier keys of (x . X_s + 1) E_s)}.
 *
 * <p>W and G have the bias as their last row.
 */
final class DualLayer<M> {

    /** Below so many rows at a time W is what takes time, so that keys and queries go through it together. */
    private static final int FEW = 4;

    final Matrices<M> matrices;
    final RowMath<M> math;
    final int inputs;
    final int outputs;
    final M W; // [inputs + 1, outputs]
    final M X; // [3R, inputs] keys: stored rows, then the segment's; then its queries; room for a backward
    final M E; // [R, outputs] errors of the keys
    final M Z; // [2R, outputs] outputs for the segment's keys, then for its queries, or these in their place
    final M P; // [R, R] query . key + 1 of the segment
    final M A; // [R, R] -a P
    private M Y; // [R, outputs] Xq G + g; these three are null until needed
    private M G; // [inputs + 1, outputs]
    private M WT; // [outputs, inputs]
    private final int rows; // R
    private M Q; // the segment's queries are rows of it
    private int firstQuery;
    private int firstOutput; // row of Z of the first query
    private boolean transposed;

    DualLayer(Matrices<M> matrices, RowMath<M> math, int inputs, int outputs, int rows) {
        this.matrices = matrices;
        this.math = math;
        this.inputs = inputs;
        this.outputs = outputs;
        this.rows = rows;
        W = matrices.matrix(inputs + 1, outputs);
        X = matrices.matrix(3 * rows, inputs);
        E = matrices.matrix(rows, outputs);
        Z = matrices.matrix(2 * rows, outputs);
        P = matrices.matrix(rows, rows);
        A = matrices.matrix(rows, rows);
    }

    /** Whether queries may follow once the keys' outputs are used up, in their place: fewer values to hold at a time. */
    static boolean apart(Segment s) {
        return s.rows() >= FEW;
    }

    /**
     * Says where the segment's queries are: rows of X after its keys, or of another matrix.
     *
     * @param apart whether their outputs take the place of those for the keys, or follow them
     */
    void setQueries(Segment s, M Q, int first, boolean apart) {
        this.Q = Q;
        firstQuery = first;
        firstOutput = apart ? 0 : s.rows();
    }

    M queries() {
        return Q;
    }

    int firstQuery() {
        return firstQuery;
    }

    /** The row of Z of the first query. */
    int firstOutput() {
        return firstOutput;
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
    void outputs(Segment s) {
        matrices.affine(Z, 0, X, s.stored(), W, s.rows(), inputs, outputs);
    }

    /** {@code Zq = Xq W + b} for the segment's queries, as if no key had been seen, and P. */
    void outputsOfQueries(Segment s) {
        matrices.affineAndLower(Z, firstOutput, Q, firstQuery, W, P, 1, X, s.stored(), s.rows(), inputs, outputs);
    }

    /** For the segment's keys, and for its queries unless those come {@link #apart}. */
    void outputsWithQueries(Segment s) {
        if (!apart(s)) {
            matrices.affine(Z, 0, X, s.stored(), W, 2 * s.rows(), inputs, outputs);
            matrices.lower(P, 1, X, s.all(), X, s.stored(), s.rows(), inputs);
            return;
        }
        outputs(s);
        if (firstOutput > 0) {
            outputsOfQueries(s);
        }
    }

    /** The queries' part of {@link #outputsWithQueries}, if it is still to be done. */
    void outputsOfQueriesApart(Segment s) {
        if (firstOutput == 0) {
            outputsOfQueries(s);
        }
    }

    /**
     * What the queries see of the keys, once P is known: {@code Zq -= a (Xq G + g + P E)}.
     *
     * @param minusA the position factors, negative
     */
    void lookBack(Segment s, float[] minusA) {
        int r = s.rows();
        if (s.summed()) {
            math.add(Z, firstOutput, minusA, s.place(), outputsOfSums(s), 0, r, outputs);
        }
        math.scale(A, 0, minusA, s.place(), P, 0, r, s.all());
        matrices.addLower(Z, firstOutput, A, E, s.stored(), r, outputs);
    }

    /** {@code Xq G + g}. */
    M outputsOfSums(Segment s) {
        if (Y == null) {
            Y = matrices.matrix(rows, outputs);
        }
        matrices.affine(Y, 0, Q, firstQuery, G, s.rows(), inputs, outputs);
        return Y;
    }

    /** {@code dX = E W'} for the errors of the segment's keys. */
    void reverse(Segment s, M dX) {
        if (transposed) {
            matrices.product(dX, 0, E, s.stored(), WT, s.rows(), outputs, inputs);
        } else {
            matrices.productTransposed(dX, 0, E, s.stored(), W, s.rows(), outputs, inputs);
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
                matrices.zero(sums(), 0, inputs + 1, outputs);
            }
            addGradient(G, 1, X, 0, E, 0, s.all());
        }
    }

    /**
     * Adds to weights, or what has their shape, scale times the gradient of {@code x W + b}: X'E, and for b the sum of E. X and
     * E are undefined then unless scale is 1.
     */
    void addGradient(M to, float scale, M X, int x, M E, int e, int depth) {
        math.addSum(to, inputs, scale, E, e, depth, outputs);
        matrices.addOuter(to, scale, X, x, E, e, depth, inputs, outputs);
    }

    /** W' without the bias, [outputs, inputs]; kept until W changes. */
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
