package org.ttt4j.inner;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What is learnt at test time: the model f(x; W) whose weights are the hidden state (paper, section 2.1).
 *
 * <p>An implementation has no state of its own and never changes its arguments. Every row is predicted by itself.
 * {@link InnerModelContract} checks an implementation.
 */
public interface InnerModel {

    /** A short name for messages and reports. */
    String name();

    /**
     * The weights in the model's order. Every list of weights or of their gradients has this order and these shapes.
     *
     * @param D the head size
     */
    List<InnerWeight> weights(int D);

    /**
     * f(x; W).
     *
     * @param W the weights
     * @param x rows [n, D]
     * @return rows [n, D]
     */
    INDArray predict(List<INDArray> W, INDArray x);

    /**
     * The gradient of ⟨cotangent, f(x; W)⟩ with respect to each weight.
     *
     * @param W the weights
     * @param x rows [n, D]
     * @param cotangent rows [n, D]
     */
    List<INDArray> gradient(List<INDArray> W, INDArray x, INDArray cotangent);
}
