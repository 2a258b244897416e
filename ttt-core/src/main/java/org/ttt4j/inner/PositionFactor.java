package org.ttt4j.inner;

import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;
import org.ttt4j.tensor.Tensors;

/**
 * The factor by which the j-th token of a mini-batch scales the running sum of inner gradients: a_j = max(0, 1/j + idx_j),
 * j = 1..K, with the learned offsets idx (checkpoint key {@code learnable_token_idx}, zero at the start). The paper's text
 * does not mention it; the authors' code has it.
 */
public final class PositionFactor {

    private PositionFactor() {}

    /**
     * a_1..a_K.
     *
     * @param idx the learned offsets [K]
     */
    public static INDArray of(INDArray idx) {
        return Transforms.max(unclamped(idx), 0, false);
    }

    /**
     * The gradient at idx: da where 1/j + idx_j ≥ 0, else 0.
     *
     * @param idx the learned offsets [K]
     * @param da the gradient at a [K]
     */
    public static INDArray gradient(INDArray idx, INDArray da) {
        return unclamped(idx).gte(0).castTo(da.dataType()).muli(da);
    }

    private static INDArray unclamped(INDArray idx) {
        double[] inverse = new double[(int) idx.length()];
        Arrays.setAll(inverse, j -> 1.0 / (j + 1));
        return Tensors.of(inverse, inverse.length).castTo(idx.dataType()).add(idx);
    }
}
