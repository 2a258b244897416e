package org.ttt4j.config;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.ttt4j.io.AtomicFiles;
import org.ttt4j.tensor.TttException;

/**
 * A language model's configuration, of whatever kind: what a {@code config.json} says. It exists only if it is sound. The
 * key {@code model_type} tells the kinds apart; a file without one is a TTT model's.
 */
public sealed interface ModelConfig permits FeedForwardConfig, MambaConfig {

    /** V. */
    int vocabSize();

    /** C. */
    int hiddenSize();

    /** Number of blocks. */
    int layers();

    /** Whether the head is the embedding. */
    boolean tieWordEmbeddings();

    /** Id that begins a text, or null. */
    Integer bosTokenId();

    /** Id that ends a text, or null. */
    Integer eosTokenId();

    /** All other keys of the file with their values, so that writing it loses nothing. */
    Map<String, Object> extra();

    /** What mixes tokens. */
    MixerKind mixer();

    /** How the mixer is set in; empty for an arrangement that has no name. */
    Optional<Backbone> backbone();

    /**
     * The same model with its mixer set in another way.
     *
     * @throws TttException if its blocks are its own, as Mamba's are
     */
    ModelConfig withBackbone(Backbone backbone);

    /** The backbone's name, or "mixed". */
    default String backboneName() {
        return backbone().map(b -> b.name().toLowerCase(Locale.ROOT)).orElse("mixed");
    }

    /** Number of values that a checkpoint holds; a tied head counts once. */
    long parameterCount();

    /** Floats of all that a model remembers of one sequence after so many tokens, at the most. */
    long stateFloats(long tokens);

    /**
     * Floats, about, that a training step keeps of one sequence of so many tokens for the way back, logits left out.
     */
    long activationFloats(long tokens);

    /** The text of a {@code config.json} that this library and the model's own one read. */
    String toJson();

    /** Creates or replaces a {@code config.json}. */
    default void write(Path file) {
        AtomicFiles.writeString(file, toJson());
    }

    /**
     * The same configuration but for some keys, all changed at once.
     *
     * @param changes new values by the keys of a {@code config.json}
     * @throws TttException if there is no such key or the result is not sound
     */
    ModelConfig with(Map<String, ?> changes);

    /**
     * The same configuration with a further key that is not the model's own, for example the name of a tokenizer.
     *
     * @throws TttException if it is one of the model's keys
     */
    ModelConfig withExtra(String key, Object value);

    /** A mixer in a named size (see {@link TTTConfig#preset(String)}) and in the backbone that is its own: Mamba's for the paper's layers. */
    static ModelConfig preset(MixerKind mixer, String size) {
        return switch (mixer) {
            case TTT_LINEAR -> TTTConfig.preset(size, InnerKind.LINEAR);
            case TTT_MLP -> TTTConfig.preset(size, InnerKind.MLP);
            case ATTENTION -> LlamaConfig.preset(size);
            case LINEAR_ATTENTION, NORMALISED_LINEAR_ATTENTION ->
                LlamaConfig.preset(size).withMixer(mixer);
            case MAMBA -> MambaConfig.preset(size);
        };
    }

    /**
     * Reads a {@code config.json} of any kind. Missing keys have their kind's defaults, unknown ones are kept.
     *
     * @throws TttException naming the file and the key, what is expected and what was found
     */
    static ModelConfig read(Path file) {
        return ConfigJson.read(file, ModelConfig::of);
    }

    /**
     * Reads the text of a {@code config.json} of any kind.
     *
     * @throws TttException naming the key, what is expected and what was found
     */
    static ModelConfig parse(String json) {
        return ConfigJson.parse(json, "config", ModelConfig::of);
    }

    private static ModelConfig of(Keys keys) {
        String type = keys.peek(Keys.MODEL_TYPE, TTTConfig.MODEL_TYPE);
        switch (type) {
            case TTTConfig.MODEL_TYPE:
                return TTTJson.of(keys);
            case LlamaConfig.MODEL_TYPE:
            case LlamaConfig.LINEAR_MODEL_TYPE:
                return LlamaJson.of(keys);
            case MambaConfig.MODEL_TYPE:
                return MambaJson.of(keys);
            default:
                throw TttException.mismatch(Keys.MODEL_TYPE, "ttt, llama, linear_attention or mamba", type);
        }
    }
}
