package org.ttt4j.train;

import org.nd4j.linalg.api.buffer.DataType;
import org.ttt4j.config.ModelConfig;

/**
 * What a training needs in memory, about, in bytes: known before its first step. A collector that rounds large arrays up
 * (G1 to whole regions) may take up to twice as much, and saving takes copies of weights and moments for a moment.
 *
 * @param weights the parameters
 * @param gradients of the parameters
 * @param moments of the optimiser, two per parameter
 * @param activations what the forward pass keeps for the way back ({@link ModelConfig#activationFloats}), and per token three
 *     rows of width V
 */
public record MemoryEstimate(long weights, long gradients, long moments, long activations) {

    private static final int OVER_VOCABULARY = 3;

    /** The estimate for a model, a plan and a precision. */
    static MemoryEstimate of(ModelConfig config, TrainingPlan plan, DataType type) {
        long width = type.width();
        long parameters = config.parameterCount() * width;
        long perSequence =
                config.activationFloats(plan.context()) + (long) plan.context() * OVER_VOCABULARY * config.vocabSize();
        long activations = plan.batch() * perSequence * width;
        return new MemoryEstimate(parameters, parameters, 2 * parameters, activations);
    }

    public long total() {
        return weights + gradients + moments + activations;
    }
}
