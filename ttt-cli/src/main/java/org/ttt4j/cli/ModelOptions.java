package org.ttt4j.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import org.ttt4j.config.Backbone;
import org.ttt4j.config.MixerKind;
import org.ttt4j.config.ModelConfig;
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
            description = "What mixes tokens: ttt-linear, ttt-mlp, or a baseline: attention, mamba, linear-attention, "
                    + "normalised-linear-attention (default: ttt-linear).")
    private MixerKind mixer;

    @Option(
            names = "--backbone",
            paramLabel = "NAME",
            description = "How the layer is set in: mamba or transformer (default: mamba for ttt-linear and ttt-mlp, "
                    + "transformer for attention; mixer mamba has blocks of its own).")
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

    /** A new model's configuration: the options, and defaults for what is not given. */
    ModelConfig fresh(Tokenizer tokenizer) {
        ModelConfig base = ModelConfig.preset(
                mixer == null ? MixerKind.TTT_LINEAR : mixer, preset == null ? DEFAULT_PRESET : preset);
        Map<String, Object> keys = new LinkedHashMap<>();
        keys.put("vocab_size", tokenizer.vocabularySize());
        keys.put("bos_token_id", tokenizer.endOfText());
        keys.put("eos_token_id", tokenizer.endOfText());
        keys.putAll(Models.derived(base, hidden, heads));
        keys.putAll(given());
        return (backbone == null ? base : base.withBackbone(backbone)).with(keys);
    }

    /** An existing model's configuration with what is given changed. */
    ModelConfig over(ModelConfig base) {
        ModelConfig config = mixer == null ? base : Models.withMixer(base, mixer);
        if (backbone != null) {
            config = config.withBackbone(backbone);
        }
        Map<String, Object> keys = new LinkedHashMap<>();
        if (preset != null) {
            keys.putAll(Models.size(config, preset));
        }
        keys.putAll(given());
        return config.with(keys);
    }

    private Map<String, Object> given() {
        Map<String, Object> keys = new LinkedHashMap<>();
        put(keys, "num_hidden_layers", layers);
        put(keys, "hidden_size", hidden);
        put(keys, "num_attention_heads", heads);
        put(keys, "intermediate_size", intermediate);
        put(keys, "mini_batch_size", miniBatch);
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
