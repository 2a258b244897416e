package org.ttt4j.kernel;

/**
 * Linear attention of one head over the tokens of one block: with what φ gives for queries and keys, and the state S before
 * the block, {@code Y = Q S + tril(Q Kᵀ) V}, {@code S' = S + Kᵀ V} (Katharopoulos et al. 2020, in blocks as Hua et al. 2022). It
 * holds scratch, and serves one thread at a time.
 */
interface LinearAttentionBlock extends AutoCloseable {

    /** Rows of one head in arrays [B, L, C]: where the first begins, how many, and the floats from one to the next. */
    record Rows(int at, int count, int stride) {}

    /**
     * Lets the tokens pass.
     *
     * @param state S, advanced in place
     * @param out written
     * @param normalisers what out was divided by, a value per token, {@code normaliserStride} apart; null where there are none
     */
    void forward(
            float[] q,
            float[] k,
            float[] v,
            Rows rows,
            float[] state,
            int stateAt,
            float[] out,
            float[] normalisers,
            int normaliserAt,
            int normaliserStride);

    /**
     * The tokens back.
     *
     * @param before S before the tokens
     * @param dState the gradient at S after the tokens; afterwards, before them
     * @param out what {@link #forward} gave, as were the normalisers
     */
    void backward(
            float[] q,
            float[] k,
            float[] v,
            Rows rows,
            float[] before,
            int beforeAt,
            float[] dState,
            int dStateAt,
            float[] out,
            float[] normalisers,
            int normaliserAt,
            int normaliserStride,
            float[] dOut,
            float[] dq,
            float[] dk,
            float[] dv);

    /** Gives back memory off the heap; the block is not to be used again. */
    @Override
    void close();

    /** On a kernel's own matrices. */
    final class Of<M> implements LinearAttentionBlock {

        private static final int R = LinearAttentionShape.BLOCK;

        private final LinearAttentionShape shape;
        private final int D;
        private final int n;
        private final Matrices<M> matrices;
        private final M S; // [D, n]
        private final M Q; // [R, D]
        private final M K;
        private final M V; // [R, n]
        private final M P; // [R, R]
        private final M Y; // [R, n]
        private final float[] wide; // [R, n]
        private M dS; // of the way back, null until needed
        private M dP;
        private M dQ;
        private M dV;

        Of(LinearAttentionShape shape, Matrices<M> matrices) {
            this.shape = shape;
            this.matrices = matrices;
            D = shape.headSize();
            n = shape.columns();
            S = matrices.matrix(D, n);
            Q = matrices.matrix(R, D);
            K = matrices.matrix(R, D);
            V = matrices.matrix(R, n);
            P = matrices.matrix(R, R);
            Y = matrices.matrix(R, n);
            wide = new float[R * n];
        }

        private void read(float[] q, float[] k, float[] v, Rows rows) {
            int r = rows.count();
            matrices.read(q, rows.at(), rows.stride(), Q, 0, r, D);
            matrices.read(k, rows.at(), rows.stride(), K, 0, r, D);
            if (shape.normalised()) {
                for (int t = 0; t < r; t++) {
                    System.arraycopy(v, rows.at() + t * rows.stride(), wide, t * n, D);
                    wide[t * n + D] = 1;
                }
                matrices.read(wide, 0, n, V, 0, r, n);
            } else {
                matrices.read(v, rows.at(), rows.stride(), V, 0, r, n);
            }
        }

        @Override
        public void forward(
                float[] q,
                float[] k,
                float[] v,
                Rows rows,
                float[] state,
                int stateAt,
                float[] out,
                float[] normalisers,
                int normaliserAt,
                int normaliserStride) {
            int r = rows.count();
            read(q, k, v, rows);
            matrices.attach(S, state, stateAt, D, n);
            matrices.lower(P, 0, Q, 0, K, 0, r, D);
            matrices.product(Y, 0, Q, 0, S, r, D, n);
            matrices.addLower(Y, 0, P, V, 0, r, n);
            matrices.addOuter(S, 1, K, 0, V, 0, r, D, n);
            matrices.update(S, state, stateAt, D, n);
            matrices.release(S);
            if (shape.normalised()) {
                matrices.write(Y, 0, wide, 0, n, r, n);
                for (int t = 0; t < r; t++) {
                    float z = wide[t * n + D];
                    normalisers[normaliserAt + t * normaliserStride] = z;
                    for (int j = 0; j < D; j++) {
                        out[rows.at() + t * rows.stride() + j] = wide[t * n + j] / z;
                    }
                }
            } else {
                matrices.write(Y, 0, out, rows.at(), rows.stride(), r, D);
            }
        }

        @Override
        public void backward(
                float[] q,
                float[] k,
                float[] v,
                Rows rows,
                float[] before,
                int beforeAt,
                float[] dState,
                int dStateAt,
                float[] out,
                float[] normalisers,
                int normaliserAt,
                int normaliserStride,
                float[] dOut,
                float[] dq,
                float[] dk,
                float[] dv) {
            int r = rows.count();
            prepareBackward();
            read(q, k, v, rows);
            readGradient(dOut, out, rows, normalisers, normaliserAt, normaliserStride);
            matrices.attach(S, before, beforeAt, D, n);
            matrices.attach(dS, dState, dStateAt, D, n);
            matrices.lower(P, 0, Q, 0, K, 0, r, D);
            matrices.lower(dP, 0, Y, 0, V, 0, r, n);

            matrices.productTransposed(dQ, 0, Y, 0, S, r, n, D);
            matrices.addLower(dQ, 0, dP, K, 0, r, D);
            matrices.write(dQ, 0, dq, rows.at(), rows.stride(), r, D);
            matrices.productTransposed(dQ, 0, V, 0, dS, r, n, D);
            matrices.addLowerTransposed(dQ, dP, Q, 0, 0, r, D);
            matrices.write(dQ, 0, dk, rows.at(), rows.stride(), r, D);
            matrices.product(dV, 0, K, 0, dS, r, D, n);
            matrices.addLowerTransposed(dV, P, Y, 0, 0, r, n);
            matrices.write(dV, 0, dv, rows.at(), rows.stride(), r, D);

            matrices.addOuter(dS, 1, Q, 0, Y, 0, r, D, n);
            matrices.update(dS, dState, dStateAt, D, n);
            matrices.release(dS);
            matrices.release(S);
        }

        @Override
        public void close() {
            matrices.close();
        }

        private void prepareBackward() {
            if (dS == null) {
                dS = matrices.matrix(D, n);
                dP = matrices.matrix(R, R);
                dQ = matrices.matrix(R, D);
                dV = matrices.matrix(R, n);
            }
        }

        /** The gradient before the division into Y: {@code dOut / z}, and {@code -(dOut · out) / z} at z. */
        private void readGradient(
                float[] dOut, float[] out, Rows rows, float[] normalisers, int normaliserAt, int normaliserStride) {
            int r = rows.count();
            if (!shape.normalised()) {
                matrices.read(dOut, rows.at(), rows.stride(), Y, 0, r, D);
                return;
            }
            for (int t = 0; t < r; t++) {
                int at = rows.at() + t * rows.stride();
                float inverse = 1 / normalisers[normaliserAt + t * normaliserStride];
                float along = 0;
                for (int j = 0; j < D; j++) {
                    wide[t * n + j] = dOut[at + j] * inverse;
                    along += dOut[at + j] * out[at + j];
                }
                wide[t * n + D] = -along * inverse;
            }
            matrices.read(wide, 0, n, Y, 0, r, n);
        }
    }
}
