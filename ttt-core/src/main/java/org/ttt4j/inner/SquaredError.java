package org.ttt4j.inner;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * ½|prediction - target|², summed over the row: the inner loss of the authors' code. (The paper's text writes |.|², which
 * is the same with half the learning rate.)
 */
public final class SquaredError implements InnerLoss {

    @Override
    public double value(INDArray prediction, INDArray target) {
        INDArray e = prediction.sub(target);
        return 0.5 * Matrices.inner(e, e);
    }

    @Override
    public INDArray gradient(INDArray prediction, INDArray target) {
        return prediction.sub(target);
    }
}
