package org.ttt4j.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import org.ttt4j.config.Backbone;
import org.ttt4j.config.InnerKind;
import org.ttt4j.config.TTTConfig;
import org.ttt4j.tokenizer.Tokenizer;
import picocli.CommandLine.Option;

/** A model's configuration on the command line. What is not given is null. */
final class ModelOptions {

    private static final String DEFAULT_PRESET = "demo";

    @Option(
            names = "--preset",
            paramLabel = "NAME",
            description = "A named size: tiny, demo, small, 125m, 350m, 760m, 1b (default: demo). "
                    + "The options for sizes change parts of it.")
    private String preset;

    @Option(names = "--layers", paramLabel = "N", description = "Blocks (demo: 4).")
    private Integer layers;

    @Option(names = "--hidden", paramLabel = "N", description = "Width (demo: 128).")
    private Integer hidden;

    @Option(names = "--heads", paramLabel = "N", description = "Heads, each with an inner model (demo: 4).")
    private Integer heads;

    @Option(
            names = "--intermediate",
            paramLabel = "N",
            description = "Width of the feed-forward half (default with --hidden: 8/3 of it, up to a multiple of 16).")
    private Integer intermediate;

    @Option(names = "--mini-batch", paramLabel = "N", description = "Tokens of an inner mini-batch (default: 16).")
    private Integer miniBatch;

    @Option(
            names = "--mixer",
            paramLabel = "NAME",
            description = "What is learnt at test time: ttt-linear or ttt-mlp (default: ttt-linear).")
    private Mixer mixer;

    @Option(
            names = "--backbone",
            paramLabel = "NAME",
            description = "How the layer is set in: mamba or transformer (default: mamba).")
    private Backbone backbone;

    @Option(
            names = "--inner-lr",
            paramLabel = "X",
            description = "Base rate of the inner learning (default: 1 for ttt-linear, 0.1 for ttt-mlp).")
    private Double innerRate;

    @Option(
            names = "--tie",
            arity = "1",
            paramLabel = "true|false",
            description = "Whether the head is the embedding (default: true).")
    private Boolean tie;

    /** Layers by the names that users type. */
    enum Mixer {
        TTT_LINEAR("ttt-linear", InnerKind.LINEAR, 1.0),
        TTT_MLP("ttt-mlp", InnerKind.MLP, 0.1);

        private final String word;
        private final InnerKind inner;
        private final double baseRate;

        Mixer(String word, InnerKind inner, double baseRate) {
            this.word = word;
            this.inner = inner;
            this.baseRate = baseRate;
        }

        InnerKind inner() {
            return inner;
        }

        /** The base rate of its inner learning where none is given. */
        double baseRate() {
            return baseRate;
        }

        @Override
        public String toString() {
            return word;
        }

        static Mixer of(TTTConfig config) {
            return config.inner() == InnerKind.LINEAR ? TTT_LINEAR : TTT_MLP;
        }
    }

    /** A new model's configuration: the options, and defaults for what is not given. */
    TTTConfig fresh(Tokenizer tokenizer) {
        Map<String, Object> defaults = new LinkedHashMap<>();
        defaults.put("vocab_size", tokenizer.vocabularySize());
        defaults.put("bos_token_id", tokenizer.endOfText());
        defaults.put("eos_token_id", tokenizer.endOfText());
        defaults.put("ttt_base_lr", (mixer == null ? Mixer.TTT_LINEAR : mixer).baseRate);
        if (hidden != null) {
            defaults.put("intermediate_size", (8 * hidden + 47) / 48 * 16);
        }
        defaults.putAll(given());
        TTTConfig base = TTTConfig.preset(DEFAULT_PRESET).withBackbone(Backbone.MAMBA);
        return base.with(defaults);
    }

    /** An existing model's configuration with what is given changed. */
    TTTConfig over(TTTConfig base) {
        return base.with(given());
    }

    private Map<String, Object> given() {
        Map<String, Object> keys = new LinkedHashMap<>();
        if (preset != null) {
            TTTConfig size = TTTConfig.preset(preset);
            keys.put("hidden_size", size.hiddenSize());
            keys.put("num_hidden_layers", size.layers());
            keys.put("num_attention_heads", size.heads());
            if (hidden == null) {
                keys.put("intermediate_size", size.intermediateSize());
            }
        }
        if (backbone != null) {
            boolean mamba = backbone == Backbone.MAMBA;
            keys.putAll(Map.of("use_gate", mamba, "share_qk", mamba, "pre_conv", mamba));
        }
        put(keys, "num_hidden_layers", layers);
        put(keys, "hidden_size", hidden);
        put(keys, "num_attention_heads", heads);
        put(keys, "intermediate_size", intermediate);
        put(keys, "mini_batch_size", miniBatch);
        put(keys, "ttt_layer_type", mixer == null ? null : mixer.inner.key());
        put(keys, "ttt_base_lr", innerRate);
        put(keys, "tie_word_embeddings", tie);
        return keys;
    }

    private static void put(Map<String, Object> keys, String key, Object value) {
        if (value != null) {
            keys.put(key, value);
        }
    }
}
