package org.ttt4j.train;

import org.nd4j.linalg.api.buffer.DataType;
import org.ttt4j.config.TTTConfig;

/**
 * What a training needs in memory, about, in bytes: known before its first step. A collector that rounds large arrays up
 * (G1 to whole regions) may take up to twice as much, and saving takes copies of weights and moments for a moment.
 *
 * @param weights the parameters
 * @param gradients of the parameters
 * @param moments of the optimiser, two per parameter
 * @param activations what the forward pass keeps for the way back: per token about 20 activations of width C and 4 of
 *     width F in every block, and 3 of width V; per sequence and block the inner weights at about √N of its N inner
 *     mini-batches, and as many again while one stretch is walked back
 */
public record MemoryEstimate(long weights, long gradients, long moments, long activations) {

    private static final int WIDE_PER_BLOCK = 20;
    private static final int FEED_FORWARD_PER_BLOCK = 4;
    private static final int OVER_VOCABULARY = 3;

    /** The estimate for a model, a plan and a precision. */
    static MemoryEstimate of(TTTConfig config, TrainingPlan plan, DataType type) {
        long width = type.width();
        long parameters = config.parameterCount() * width;
        long perToken = config.layers()
                        * ((long) WIDE_PER_BLOCK * config.hiddenSize()
                                + (long) FEED_FORWARD_PER_BLOCK * config.intermediateSize())
                + (long) OVER_VOCABULARY * config.vocabSize();
        double miniBatches = Math.ceil((double) plan.context() / config.miniBatch());
        long kept = 2 * (long) Math.ceil(Math.sqrt(miniBatches));
        long perSequence = config.layers() * config.innerStateFloats() * kept;
        long activations = plan.batch() * (plan.context() * perToken + perSequence) * width;
        return new MemoryEstimate(parameters, parameters, 2 * parameters, activations);
    }

    public long total() {
        return weights + gradients + moments + activations;
    }
}
