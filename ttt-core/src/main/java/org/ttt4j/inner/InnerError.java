package org.ttt4j.inner;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The inner gradient at the inner model's output z of the training views, δ = ∂/∂z ½|LN(z; γ, β) - (v - k)|²:
 * <pre>
 * e = γ∘x̂ + β - (v - k)      u = γ∘e      δ = (u - mean u - x̂∘mean(u∘x̂)) / s
 * </pre>
 */
final class InnerError {

    private final RowNorm norm;
    private final INDArray gamma;
    private final INDArray e;
    private final INDArray u;
    private final INDArray delta;

    InnerError(INDArray Z, SegmentInput in) {
        norm = RowNorm.of(Z);
        gamma = in.gamma();
        e = norm.xhat().mul(gamma).addi(in.beta()).subi(in.XV()).addi(in.XK());
        u = e.mul(gamma);
        delta = norm.jacobian(u);
    }

    /** δ [r, D]. */
    INDArray delta() {
        return delta;
    }

    /**
     * The gradients of an outer loss at what δ was made of.
     *
     * @param dZ [r, D]
     * @param dE at e, which is also the gradient at k and minus the gradient at v, [r, D]
     * @param dgamma [1, D]
     * @param dbeta [1, D]
     */
    record Gradients(INDArray dZ, INDArray dE, INDArray dgamma, INDArray dbeta) {}

    /**
     * The gradient of the inner gradient: second order.
     *
     * @param h the gradient at δ [r, D]
     */
    Gradients backward(INDArray h) {
        INDArray xhat = norm.xhat();
        INDArray dU = norm.jacobian(h);
        INDArray dE = dU.mul(gamma);
        INDArray throughMeans = h.mul(RowNorm.mean(u.mul(xhat)))
                .addi(u.mul(RowNorm.mean(h.mul(xhat))))
                .divi(norm.s());
        INDArray dXhat = dE.mul(gamma).subi(throughMeans);
        // The Jacobian of x̂, and the path through s in δ's denominator.
        INDArray throughS = xhat.mul(RowNorm.mean(h.mul(delta))).divi(norm.s());
        INDArray dZ = norm.jacobian(dXhat).subi(throughS);
        INDArray dgamma = Matrices.sumRows(dU.mul(e).addi(dE.mul(xhat)));
        return new Gradients(dZ, dE, dgamma, Matrices.sumRows(dE));
    }
}
