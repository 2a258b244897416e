package org.ttt4j.lm;

import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A loss and its gradients.
 *
 * @param loss mean over the predicted tokens, in nats
 * @param params gradients by checkpoint key, each in its parameter's shape
 */
public record LossGradients(double loss, Map<String, INDArray> params) {}
