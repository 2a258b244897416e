package org.ttt4j.inner;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The gradients of one segment at its inputs.
 *
 * @param dXQ [r, D]
 * @param dXK [r, D]
 * @param dXV [r, D]
 * @param drate [r, 1]
 * @param da [r, 1]
 * @param dgamma [1, D]
 * @param dbeta [1, D]
 */
record SegmentGradients(
        INDArray dXQ, INDArray dXK, INDArray dXV, INDArray drate, INDArray da, INDArray dgamma, INDArray dbeta) {}
