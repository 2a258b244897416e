package org.ttt4j.kernel;

/**
 * What both inner models share in one segment: its tokens, the inner loss's gradient at the model's output for the keys,
 * and the output norm for the queries.
 */
final class InnerHead {

    final int size;
    final float[] gamma;
    final float[] beta;
    final float[][] XQ; // [R, D + 1]
    final float[][] XV; // [R, D]
    final float[] ell; // [R] inner learning rate
    final float[][] e; // [R, D] LN(z) - (v - k)
    final float[][] u; // [R, D] gamma e
    final float[][] delta; // [R, D] gradient of the inner loss at z
    final float[][] Zq; // [R, D] model's output for the queries, normalised in place
    final float[] s; // [R] deviation at the keys
    final float[] sq; // [R] and at the queries
    float[] a; // [K]
    private int sequence;
    private int head;

    InnerHead(int size, int rows) {
        this.size = size;
        gamma = new float[size];
        beta = new float[size];
        XQ = Rows.withOne(rows, size);
        XV = Rows.of(rows, size);
        ell = new float[rows];
        e = Rows.of(rows, size);
        u = Rows.of(rows, size);
        delta = Rows.of(rows, size);
        Zq = Rows.of(rows, size);
        s = new float[rows];
        sq = new float[rows];
    }

    void begin(InnerWeights w, int sequence, int head) {
        this.sequence = sequence;
        this.head = head;
        System.arraycopy(w.gamma(), head * size, gamma, 0, size);
        System.arraycopy(w.beta(), head * size, beta, 0, size);
        a = w.a();
    }

    /** The step size of a whole mini-batch. */
    float alpha() {
        return a[a.length - 1];
    }

    /** Reads the segment's tokens; keys become the first layer's rows after the stored ones. */
    void read(Segment segment, InnerChunk chunk, InnerShape shape, float[][] XK) {
        int c = shape.channels();
        int at = offset(segment, chunk, shape);
        Rows.read(chunk.q(), at, c, XQ, 0, segment.rows(), size);
        Rows.read(chunk.k(), at, c, XK, segment.stored(), segment.rows(), size);
        Rows.read(chunk.v(), at, c, XV, 0, segment.rows(), size);
        int first = rateOffset(segment, chunk, shape);
        for (int t = 0; t < segment.rows(); t++) {
            ell[t] = chunk.rate()[first + t * shape.heads()];
        }
    }

    /** Where the segment's first row of this head begins in an array [B, L, C]. */
    int offset(Segment segment, InnerChunk chunk, InnerShape shape) {
        return (sequence * chunk.columns() + segment.first()) * shape.channels() + head * size;
    }

    /** Where the segment's first rate stands in an array [B, L, H]. */
    int rateOffset(Segment segment, InnerChunk chunk, InnerShape shape) {
        return (sequence * chunk.columns() + segment.first()) * shape.heads() + head;
    }

    /** From the model's outputs Z for the keys, normalised in place, to delta and the rows {@code E = ell delta}. */
    void innerGradient(Segment segment, float[][] Z, float[][] XK, float[][] E) {
        for (int t = 0; t < segment.rows(); t++) {
            s[t] = Norms.normalise(Z[t], size);
            Norms.innerGradient(Z[t], s[t], XV[t], XK[segment.stored() + t], gamma, beta, e[t], u[t], delta[t], size);
            Rows.scale(E[segment.stored() + t], ell[t], delta[t], size);
        }
    }

    void normaliseQueries(Segment segment) {
        for (int t = 0; t < segment.rows(); t++) {
            sq[t] = Norms.normalise(Zq[t], size);
        }
    }

    /** {@code out = XQ + gamma norm(Zq) + beta}. */
    void output(Segment segment, InnerChunk chunk, InnerShape shape, float[] out) {
        int at = offset(segment, chunk, shape);
        for (int t = 0; t < segment.rows(); t++) {
            float[] row = XV[t]; // done with: the row's sum is built here, where C2 sees no aliasing
            float[] q = XQ[t];
            float[] x = Zq[t];
            for (int j = 0; j < size; j++) {
                row[j] = q[j] + gamma[j] * x[j] + beta[j];
            }
            System.arraycopy(row, 0, out, at + t * shape.channels(), size);
        }
    }
}
