package org.ttt4j.inner;

import org.nd4j.linalg.api.ndarray.INDArray;

/** The inner loss between a prediction and its target, both rows [n, D]. It never changes its arguments. */
public interface InnerLoss {

    /** The loss, summed over the rows. */
    double value(INDArray prediction, INDArray target);

    /** Its gradient with respect to the prediction, [n, D]. */
    INDArray gradient(INDArray prediction, INDArray target);
}
