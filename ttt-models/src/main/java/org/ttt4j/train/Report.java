package org.ttt4j.train;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * Where a training stands. As JSON it has the keys {@code step}, {@code tokens}, {@code train_loss}, {@code val_loss}
 * (where evaluated), {@code lr}, {@code grad_norm}, {@code tokens_per_second}; the last one of a training also has
 * {@code "event":"done"}.
 *
 * @param event "done", or null
 * @param step steps taken
 * @param tokens tokens predicted so far
 * @param trainLoss mean over the steps since the last report, in nats per token
 * @param validationLoss in nats per token, over all windows of the validation part that do not overlap, each from an empty
 *     state; null where it was not evaluated
 * @param learningRate of the last step
 * @param gradientNorm of the last step, before clipping
 * @param tokensPerSecond of the training steps since the last report, without evaluation and saving; it alone differs from
 *     run to run
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Report(
        String event,
        long step,
        long tokens,
        @JsonProperty("train_loss") double trainLoss,
        @JsonProperty("val_loss") Double validationLoss,
        @JsonProperty("lr") double learningRate,
        @JsonProperty("grad_norm") double gradientNorm,
        @JsonProperty("tokens_per_second") double tokensPerSecond) {

    private static final String DONE = "done";

    /** The same as the last report of a training. */
    Report done() {
        return new Report(DONE, step, tokens, trainLoss, validationLoss, learningRate, gradientNorm, tokensPerSecond);
    }

    /** Whether it is the last one. */
    @JsonIgnore
    public boolean isDone() {
        return DONE.equals(event);
    }
}
