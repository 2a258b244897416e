package org.ttt4j.layer;

import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Gradients of a bare layer.
 *
 * @param input at the layer's input, [B, L, C]
 * @param params by checkpoint key, each in its parameter's shape
 */
public record LayerGradients(INDArray input, Map<String, INDArray> params) {}
