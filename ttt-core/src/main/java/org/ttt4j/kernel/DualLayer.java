package org.ttt4j.kernel;

/**
 * One linear map {@code x W + b} of the inner model in the dual form (Sun et al. 2024, section 2.5): its weights at the
 * mini-batch's start, the keys X and errors E = ell delta of the tokens since, and the running sums of those already folded.
 * A query sees {@code x W - a (x G + sum over earlier keys of (x . X_s) E_s)}.
 *
 * <p>W and G have the bias as their last row; keys and queries end with 1.
 */
final class DualLayer {

    /** With fewer rows than this, transposing W costs more than it saves. */
    private static final int TRANSPOSE_FROM = 4;

    final int inputs;
    final int outputs;
    final float[][] W; // [inputs + 1, outputs]
    final float[][] X; // [R, inputs + 1] keys: stored rows, then the segment's
    final float[][] E; // [R, outputs] errors likewise
    final float[][] P; // [R, R] query . key of the segment
    final float[][] Y; // [R, outputs] what a scales
    final float[][] Z; // [R, outputs] x W of the segment's keys
    float[][] G; // [inputs + 1, outputs], null until needed
    private final float[][] WT; // [outputs, inputs]
    private boolean transposed;

    DualLayer(int inputs, int outputs, int rows) {
        this.inputs = inputs;
        this.outputs = outputs;
        W = Rows.of(inputs + 1, outputs);
        X = Rows.withOne(rows, inputs);
        E = Rows.of(rows, outputs);
        P = Rows.of(rows, rows);
        Y = Rows.of(rows, outputs);
        Z = Rows.of(rows, outputs);
        WT = Rows.of(outputs, inputs);
    }

    int floats() {
        return (inputs + 1) * outputs;
    }

    void readWeights(float[] from, int at) {
        Rows.read(from, at, outputs, W, 0, inputs + 1, outputs);
        transposed = false;
    }

    void writeWeights(float[] to, int at) {
        Rows.write(W, 0, to, at, outputs, inputs + 1, outputs);
    }

    void readSums(float[] from, int at) {
        Rows.read(from, at, outputs, sums(), 0, inputs + 1, outputs);
    }

    void writeSums(float[] to, int at) {
        Rows.write(G, 0, to, at, outputs, inputs + 1, outputs);
    }

    /** {@code Z = X W} for the segment's keys. */
    void keys(Segment s) {
        Rows.zero(Z, s.rows());
        Products.add(Z, 0, X, s.stored(), W, s.rows(), inputs + 1, outputs);
    }

    /** {@code Zq = Xq W - a (Xq G + P E)} for the segment's queries. */
    void queries(Segment s, float[][] Xq, float[] a, float[][] Zq) {
        int r = s.rows();
        Dots.lower(P, Xq, X, s.stored(), r, inputs + 1);
        Rows.zero(Y, r);
        if (s.summed()) {
            Products.add(Y, 0, Xq, 0, G, r, inputs + 1, outputs);
        }
        Products.addLower(Y, P, E, s.stored(), r, outputs);
        Rows.zero(Zq, r);
        Products.add(Zq, 0, Xq, 0, W, r, inputs + 1, outputs);
        for (int t = 0; t < r; t++) {
            Rows.add(Zq[t], -a[s.place() + t], Y[t], outputs);
        }
    }

    /** {@code dX = dZ W'} without the bias's column. */
    void reverse(float[][] dZ, float[][] dX, int rows) {
        if (rows < TRANSPOSE_FROM) {
            Dots.all(dX, dZ, W, rows, inputs, outputs);
        } else {
            Rows.zero(dX, rows);
            Products.add(dX, 0, dZ, 0, transposed(), rows, outputs, inputs);
        }
    }

    /** Ends the segment: folds its rows into the sums, or takes the mini-batch's step of size alpha. */
    void finish(Segment s, float alpha) {
        if (s.end() == Segment.End.CLOSE) {
            Products.addOuter(W, -alpha, X, 0, E, 0, s.all(), inputs + 1, outputs);
            for (int i = 0; s.summed() && i <= inputs; i++) {
                Rows.add(W[i], -alpha, G[i], outputs);
            }
            transposed = false;
        } else if (s.end() == Segment.End.FOLD) {
            if (!s.summed()) {
                Rows.zero(sums(), inputs + 1);
            }
            Products.addOuter(G, 1, X, 0, E, 0, s.all(), inputs + 1, outputs);
        }
    }

    /** W' without the bias, [outputs, inputs]. */
    float[][] transposed() {
        if (!transposed) {
            Dots.transpose(WT, 1, W, inputs, outputs);
            transposed = true;
        }
        return WT;
    }

    private float[][] sums() {
        if (G == null) {
            G = Rows.of(inputs + 1, outputs);
        }
        return G;
    }
}
