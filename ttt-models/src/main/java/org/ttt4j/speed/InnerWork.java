package org.ttt4j.speed;

import org.ttt4j.inner.DualForm;
import org.ttt4j.inner.LinearModel;
import org.ttt4j.inner.MlpModel;
import org.ttt4j.ops.InnerSpec;

/**
 * The work of an inner loop in the dual form, forward. Of a mini-batch of K tokens one head takes
 *
 * <ul>
 *   <li>TTT-Linear: 3KD² multiply-adds for K W, Q W and the update of W, 2K²D for Q Kᵀ and its product with the gradients;
 *   <li>TTT-MLP: 7KDF for both layers of keys and of queries, the way back through the second, and both updates, and
 *       2K²(D + F) for the products among the tokens.
 * </ul>
 *
 * <p>A last mini-batch of fewer tokens counts with their number in the place of K.
 */
final class InnerWork {

    private final InnerSpec spec;
    private final long D;
    private final long F;

    InnerWork(InnerSpec spec) {
        this.spec = spec;
        D = spec.headSize();
        F = spec.model() instanceof MlpModel
                ? spec.weights().get(0).shape()[2] // W1 [H, D, F]
                : 0;
    }

    /** Multiply-adds of all heads for L tokens of one sequence. */
    long multiplyAdds(int length) {
        int K = spec.miniBatch();
        return spec.heads() * (length / K * ofMiniBatch(K) + ofMiniBatch(length % K));
    }

    private long ofMiniBatch(long tokens) {
        if (spec.model() instanceof LinearModel) {
            return 3 * tokens * D * D + 2 * tokens * tokens * D;
        }
        return 7 * tokens * D * F + 2 * tokens * tokens * (D + F);
    }

    /** Bytes that a token of one sequence reads, the inner weights, and writes, its rows; in float32. */
    long bytesOfToken() {
        long weights = spec.weights().stream().mapToLong(p -> p.count()).sum();
        return (weights + rowFloats()) * Float.BYTES;
    }

    /** A key and its gradient; in TTT-MLP also the second layer's input and the first one's gradient. */
    private long rowFloats() {
        return DualForm.supports(spec.model()) ? spec.heads() * (2 * D + 2 * F) : 0;
    }
}
