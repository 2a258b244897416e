package org.ttt4j.train;

import org.ttt4j.checkpoint.TokenizerFiles;
import org.ttt4j.config.ModelConfig;
import org.ttt4j.data.RandomWindows;
import org.ttt4j.data.SequentialWindows;
import org.ttt4j.data.TextCorpus;
import org.ttt4j.data.Tokens;
import org.ttt4j.data.TrainingWindows;
import org.ttt4j.tensor.TttException;
import org.ttt4j.tokenizer.Tokenizer;

/**
 * All that a training's result depends on, but for the initial weights and the machine.
 *
 * @param config the model's configuration
 * @param tokenizer that read the corpus
 * @param corpus the text, training and validation part in one
 * @param plan how to train
 */
public record TrainingTask(ModelConfig config, Tokenizer tokenizer, TextCorpus corpus, TrainingPlan plan) {

    /** Checks that the parts fit together, and that the text is long enough. */
    public TrainingTask {
        TokenizerFiles.requireRoom("vocab_size", config, tokenizer);
        tokenizer.endOfText(); // a checkpoint names it
        windows(corpus, plan);
        int validation = validation(corpus, plan).length();
        if (plan.validationFraction() > 0 && validation < 2) {
            throw TttException.mismatch("validation part of the text", "at least 2 tokens", validation);
        }
    }

    /** The windows to train on, from the beginning. */
    TrainingWindows windows() {
        return windows(corpus, plan);
    }

    /** The text to validate on; empty if there is none. */
    public Tokens validation() {
        return validation(corpus, plan);
    }

    private static TrainingWindows windows(TextCorpus corpus, TrainingPlan plan) {
        Tokens text = corpus.split(plan.validationFraction()).train();
        return plan.reading() == Reading.CARRIED
                ? new SequentialWindows(text, plan.batch(), plan.context())
                : new RandomWindows(text, plan.batch(), plan.context(), plan.seed());
    }

    private static Tokens validation(TextCorpus corpus, TrainingPlan plan) {
        return corpus.split(plan.validationFraction()).validation();
    }
}
