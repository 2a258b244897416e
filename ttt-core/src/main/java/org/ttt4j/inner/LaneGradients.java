package org.ttt4j.inner;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The gradients of an outer loss at what one lane's chunk was computed from.
 *
 * @param dXQ [r, D]
 * @param dXK [r, D]
 * @param dXV [r, D]
 * @param drate at the inner learning rates [r]
 * @param da at the position factors [K]
 * @param dgamma [D]
 * @param dbeta [D]
 * @param dW at the weights that the chunk started from, in the model's order
 */
public record LaneGradients(
        INDArray dXQ,
        INDArray dXK,
        INDArray dXV,
        INDArray drate,
        INDArray da,
        INDArray dgamma,
        INDArray dbeta,
        List<INDArray> dW) {

    /** Zeros, to be filled segment by segment. */
    static LaneGradients zeros(LaneInput in, Carry carry) {
        INDArray rows = in.XQ();
        return new LaneGradients(
                rows.ulike(),
                rows.ulike(),
                rows.ulike(),
                in.rate().ulike(),
                in.a().like(),
                in.gamma().like(),
                in.beta().like(),
                carry.weights());
    }
}
