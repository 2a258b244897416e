package org.ttt4j.ops;

import java.util.List;
import org.ttt4j.inner.InnerModel;
import org.ttt4j.param.Param;

/**
 * The inner loop of one TTT layer: what is learnt at test time and with which outer parameters (section 2 of the paper).
 *
 * @param key the inner state's name in a {@link SequenceState}
 * @param model the inner model, without residual and normalisation
 * @param heads H
 * @param headSize D
 * @param miniBatch K: tokens that share their start weights
 * @param weights the learned start weights in the model's order, each [H, ...]
 * @param normWeight [H, D] scale of the inner LayerNorm
 * @param normBias [H, D] shift of the inner LayerNorm
 * @param tokenIdx [K] learned part of the position factor {@code a_j = max(0, 1/j + idx_j)}
 */
public record InnerSpec(
        String key,
        InnerModel model,
        int heads,
        int headSize,
        int miniBatch,
        List<Param> weights,
        Param normWeight,
        Param normBias,
        Param tokenIdx)
        implements StateSpec {

    public InnerSpec {
        weights = List.copyOf(weights);
    }

    /** Hidden size C = H·D. */
    public int channels() {
        return heads * headSize;
    }

    @Override
    public String layout() {
        return model.name() + ", " + heads + " heads of " + headSize + " channels, mini-batches of " + miniBatch;
    }
}
