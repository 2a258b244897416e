package org.ttt4j.train;

import java.util.List;
import java.util.Map;
import org.ttt4j.config.Backbone;
import org.ttt4j.config.InnerKind;
import org.ttt4j.config.TTTConfig;
import org.ttt4j.data.TextCorpus;
import org.ttt4j.tokenizer.ByteTokenizer;
import org.ttt4j.tokenizer.Tokenizer;

/** A model and a text that train in no time. */
final class Small {

    static final Tokenizer BYTES = new ByteTokenizer();
    static final TextCorpus TEXT = TextCorpus.of(BYTES, "the cat sat on the mat. ".repeat(12), "a dog. ".repeat(9));

    private Small() {}

    static TTTConfig config(InnerKind inner) {
        return TTTConfig.preset("tiny")
                .with(Map.of(
                        "hidden_size", 16,
                        "intermediate_size", 24,
                        "num_hidden_layers", 1,
                        "num_attention_heads", 2,
                        "mini_batch_size", 4))
                .withBackbone(Backbone.MAMBA)
                .withInner(inner);
    }

    static TrainingPlan plan(long steps) {
        return TrainingPlan.of(steps, 2, 6, 1e-2);
    }

    static TrainingTask task(TrainingPlan plan) {
        return new TrainingTask(config(InnerKind.LINEAR), BYTES, TEXT, plan);
    }

    static Optimization frozen(String... patterns) {
        Optimization o = plan(4).optimization();
        return new Optimization(
                o.schedule(),
                o.beta1(),
                o.beta2(),
                o.epsilon(),
                o.weightDecay(),
                o.decay(),
                o.clip(),
                List.of(patterns));
    }
}
