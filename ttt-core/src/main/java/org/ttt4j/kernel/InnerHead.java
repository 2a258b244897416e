package org.ttt4j.kernel;

/**
 * What both inner models share in one segment: its tokens, the inner loss's gradient at the model's output for the keys,
 * and the output norm for the queries. Keys and queries themselves are rows of the first layer.
 */
final class InnerHead<M> {

    final Matrices<M> matrices;
    final RowMath<M> math;
    final int size;
    final M gamma; // [1, D]
    final M beta; // [1, D]
    final M XV; // [R, D]
    private final M XQ; // [R, D]
    final float[] ell; // [R] inner learning rate
    final M u; // [R, D] gamma (LN(z) - (v - k))
    final M delta; // [R, D] gradient of the inner loss at z
    final float[] alongU; // [R] mean of u xhat
    final float[] s; // [R] deviation at the keys
    final float[] sq; // [R] and at the queries
    final float[] minusA; // [K] position factors, negative
    private int sequence;
    private int head;

    InnerHead(Matrices<M> matrices, RowMath<M> math, InnerShape shape) {
        this.matrices = matrices;
        this.math = math;
        size = shape.headSize();
        int rows = shape.rowLimit();
        int padded = InnerShape.padded(rows);
        gamma = matrices.matrix(1, size);
        beta = matrices.matrix(1, size);
        XV = matrices.matrix(rows, size);
        XQ = matrices.matrix(rows, size);
        ell = new float[padded];
        u = matrices.matrix(rows, size);
        delta = matrices.matrix(rows, size);
        alongU = new float[padded];
        s = new float[padded];
        sq = new float[padded];
        minusA = new float[shape.miniBatch()];
    }

    void begin(InnerWeights w, int sequence, int head) {
        this.sequence = sequence;
        this.head = head;
        matrices.read(w.gamma(), head * size, size, gamma, 0, 1, size);
        matrices.read(w.beta(), head * size, size, beta, 0, 1, size);
        for (int j = 0; j < minusA.length; j++) {
            minusA[j] = -w.a()[j];
        }
    }

    /** The step size of a whole mini-batch. */
    float alpha() {
        return -minusA[minusA.length - 1];
    }

    /** Reads the segment's tokens but for the queries; keys become rows of X after the stored ones. */
    void read(Segment segment, InnerChunk chunk, InnerShape shape, M X) {
        int c = shape.channels();
        int at = offset(segment, chunk, shape);
        matrices.read(chunk.k(), at, c, X, segment.stored(), segment.rows(), size);
        matrices.view(chunk.v(), at, c, XV, segment.rows(), size);
        int first = rateOffset(segment, chunk, shape);
        for (int t = 0; t < segment.rows(); t++) {
            ell[t] = chunk.rate()[first + t * shape.heads()];
        }
    }

    /** Lets the queries be rows of the layer's X after the keys or, if their outputs come apart, where they are. */
    void readQueries(Segment segment, InnerChunk chunk, InnerShape shape, DualLayer<M> layer, boolean apart) {
        int c = shape.channels();
        int at = offset(segment, chunk, shape);
        if (apart) {
            matrices.view(chunk.q(), at, c, XQ, segment.rows(), size);
            layer.setQueries(segment, XQ, 0, true);
        } else {
            matrices.read(chunk.q(), at, c, layer.X, segment.all(), segment.rows(), size);
            layer.setQueries(segment, layer.X, segment.all(), false);
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
    void innerGradient(Segment segment, M Z, M XK, M E) {
        math.innerGradient(this, Z, XK, E, segment.stored(), segment.rows());
    }

    /** As {@link #innerGradient}, but only E, which is all that a forward needs. */
    void innerErrors(Segment segment, M Z, M XK, M E) {
        math.innerErrors(this, Z, XK, E, segment.stored(), segment.rows());
    }

    /** {@code out = XQ + gamma norm(Zq) + beta}, XQ being the first layer's queries, Zq the last one's outputs for them. */
    void output(
            Segment segment, InnerChunk chunk, InnerShape shape, DualLayer<M> last, DualLayer<M> first, float[] out) {
        int r = segment.rows();
        int at = offset(segment, chunk, shape);
        math.output(
                this, last.Z, last.firstOutput(), first.queries(), first.firstQuery(), out, at, shape.channels(), r);
    }
}
