package org.ttt4j.generate;

import java.util.Map;
import org.ttt4j.config.Backbone;
import org.ttt4j.config.TTTConfig;
import org.ttt4j.execution.Execution;
import org.ttt4j.lm.CausalLM;
import org.ttt4j.lm.LanguageModel;
import org.ttt4j.param.WeightSource;

/** Untrained models of bytes that have opinions all the same. */
public final class Models {

    private Models() {}

    /** Mamba backbone, so that states hold convolutions too. */
    public static TTTConfig config() {
        return TTTConfig.preset("tiny")
                .with(Map.of(
                        "hidden_size", 24,
                        "intermediate_size", 40,
                        "num_attention_heads", 3,
                        "num_hidden_layers", 2,
                        "mini_batch_size", 5))
                .withBackbone(Backbone.MAMBA);
    }

    public static LanguageModel<?> open(Execution execution) {
        WeightSource init = WeightSource.init(11);
        return LanguageModel.open(CausalLM.of(config()), p -> init.read(p).mul(8), execution);
    }
}
