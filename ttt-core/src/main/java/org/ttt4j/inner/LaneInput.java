package org.ttt4j.inner;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.ttt4j.tensor.Tensors;
import org.ttt4j.tensor.TttException;

/**
 * What enters the inner loop of one lane: r tokens and the head's parameters. All arrays have the same type.
 *
 * @param XQ test views [r, D], after convolution and rotation
 * @param XK training views [r, D], likewise
 * @param XV label views [r, D]
 * @param rate inner learning rates [r]: base rate · σ(gate) / D
 * @param a position factors [K], see {@link PositionFactor}; their number is the mini-batch size
 * @param gamma scale of the head's LayerNorm [D]
 * @param beta shift of the head's LayerNorm [D]
 */
public record LaneInput(
        INDArray XQ, INDArray XK, INDArray XV, INDArray rate, INDArray a, INDArray gamma, INDArray beta) {

    public LaneInput {
        Tensors.requireShape("XQ", XQ, -1, -1);
        Tensors.requireShape("XK", XK, XQ.shape());
        Tensors.requireShape("XV", XV, XQ.shape());
        Tensors.requireShape("rate", rate, XQ.size(0));
        Tensors.requireShape("position factors", a, -1);
        Tensors.requireShape("gamma", gamma, XQ.size(1));
        Tensors.requireShape("beta", beta, XQ.size(1));
        for (INDArray x : new INDArray[] {XK, XV, rate, a, gamma, beta}) {
            if (x.dataType() != XQ.dataType()) {
                throw TttException.mismatch("inner loop input", "type " + XQ.dataType() + " as XQ", x.dataType());
            }
        }
    }

    /** The number of tokens r. */
    public int tokens() {
        return (int) XQ.size(0);
    }

    /** The head size D. */
    public int headSize() {
        return (int) XQ.size(1);
    }

    /** The mini-batch size K. */
    public int miniBatch() {
        return (int) a.length();
    }
}
