package org.ttt4j.train;

import java.util.OptionalDouble;
import java.util.function.BooleanSupplier;
import org.ttt4j.data.Batch;
import org.ttt4j.data.EvaluationWindows;
import org.ttt4j.data.Tokens;
import org.ttt4j.lm.LanguageModel;
import org.ttt4j.tensor.Tensors;

/** The loss on a text that is not trained on: mean over all windows that do not overlap, each from an empty state. */
final class Validation {

    /** Tokens in a batch, where the windows are short: enough to keep all threads busy. */
    private static final int BATCH_TOKENS = 2048;

    private Validation() {}

    /**
     * Reads the whole text.
     *
     * @param context L, tokens per window
     * @param stop asked from batch to batch whether to give up
     * @return nats per token; empty if it was given up
     */
    static OptionalDouble loss(LanguageModel<?> model, Tokens text, int context, BooleanSupplier stop) {
        EvaluationWindows windows = new EvaluationWindows(text, Math.max(1, BATCH_TOKENS / context), context);
        double sum = 0;
        for (Batch batch : windows) {
            if (stop.getAsBoolean()) {
                return OptionalDouble.empty();
            }
            for (double loss : Tensors.toDoubles(
                    model.loss(batch.inputs(), batch.targets(), model.newState(batch.inputs().length)))) {
                sum += loss;
            }
        }
        return OptionalDouble.of(sum / windows.targetCount());
    }
}
