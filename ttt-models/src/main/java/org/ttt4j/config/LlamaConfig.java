package org.ttt4j.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.ttt4j.tensor.TttException;

/**
 * A Transformer's configuration as Hugging Face writes it for Llama ({@code model_type: llama}), the paper's baseline: norm
 * before each half, rotary positions, SwiGLU, no biases. With {@code model_type: linear_attention}, which is ours, the same
 * model has linear attention in place of the softmax.
 *
 * @param vocabSize V
 * @param hiddenSize C
 * @param intermediateSize F, width of the feed-forward half
 * @param layers number of blocks
 * @param heads H, query heads
 * @param keyValueHeads heads of keys and values, a divisor of H
 * @param headSize D, even
 * @param mixer softmax attention or a linear one
 * @param attentionBias whether queries, keys, values and output have a bias
 * @param preConv whether every block starts with a convolution, as in the paper's Mamba backbone; ours and the authors'
 * @param convKernel width of that convolution, in tokens
 * @param tieWordEmbeddings whether the head is the embedding
 * @param rmsNormEps epsilon of the RMS norms
 * @param ropeTheta base of the rotary angles
 * @param initializerRange standard deviation of initial weights
 * @param maxPositionEmbeddings kept for other readers; nothing here ends there
 * @param useCache kept for other readers
 * @param padTokenId id of padding, or null
 * @param bosTokenId id that begins a text, or null
 * @param eosTokenId id that ends a text, or null
 * @param extra all other keys of the file with their values, so that writing it loses nothing
 */
public record LlamaConfig(
        int vocabSize,
        int hiddenSize,
        int intermediateSize,
        int layers,
        int heads,
        int keyValueHeads,
        int headSize,
        MixerKind mixer,
        boolean attentionBias,
        boolean preConv,
        int convKernel,
        boolean tieWordEmbeddings,
        double rmsNormEps,
        double ropeTheta,
        double initializerRange,
        int maxPositionEmbeddings,
        boolean useCache,
        Integer padTokenId,
        Integer bosTokenId,
        Integer eosTokenId,
        Map<String, Object> extra)
        implements FeedForwardConfig {

    static final String MODEL_TYPE = "llama";
    static final String LINEAR_MODEL_TYPE = "linear_attention";

    /**
     * Checks every component.
     *
     * @throws TttException naming the key as it stands in a file, what is expected and what was found
     */
    public LlamaConfig {
        extra = Collections.unmodifiableMap(new LinkedHashMap<>(extra));
        Checks.sizes(vocabSize, hiddenSize, intermediateSize, layers);
        Checks.range("num_attention_heads", heads, 1, 1 << 15);
        Checks.range("head_dim", headSize, 2, 1 << 15);
        Checks.array("num_attention_heads times head_dim times hidden_size", (long) heads * headSize, hiddenSize);
        if (headSize % 2 != 0) {
            throw TttException.mismatch("head_dim", "an even number", headSize);
        }
        if (keyValueHeads < 1 || heads % keyValueHeads != 0) {
            throw TttException.mismatch("num_key_value_heads", "a divisor of " + heads + " heads", keyValueHeads);
        }
        if (mixer.learnsAtTestTime() || mixer == MixerKind.MAMBA) {
            throw TttException.mismatch("mixer", "attention, or a linear one", mixer);
        }
        if (mixer != MixerKind.ATTENTION && (keyValueHeads != heads || attentionBias)) {
            throw TttException.mismatch(
                    "linear attention", "keys and values for each head, no bias", keyValueHeads + " of " + heads);
        }
        Checks.range("conv_kernel", convKernel, 1, 1024);
        Checks.positive("rms_norm_eps", rmsNormEps);
        Checks.positive("rope_theta", ropeTheta);
        Checks.notNegative("initializer_range", initializerRange);
        Checks.range("max_position_embeddings", maxPositionEmbeddings, 1, Integer.MAX_VALUE);
        Checks.id("pad_token_id", padTokenId, vocabSize);
        Checks.id("bos_token_id", bosTokenId, vocabSize);
        Checks.id("eos_token_id", eosTokenId, vocabSize);
    }

    /** A baseline of a named size: the width, depth and heads of {@link TTTConfig#preset(String)}, tied as it is. */
    public static LlamaConfig preset(String name) {
        return LlamaJson.of(Presets.of(name, MODEL_TYPE));
    }

    @Override
    public String toJson() {
        return ConfigJson.text(LlamaJson.toTree(this));
    }

    @Override
    public LlamaConfig with(Map<String, ?> changes) {
        return LlamaJson.of(ConfigJson.with(LlamaJson.toTree(this), changes));
    }

    @Override
    public LlamaConfig withExtra(String key, Object value) {
        return LlamaJson.of(ConfigJson.withExtra(LlamaJson.toTree(this), extra, key, value));
    }

    /** The same model with another kind of attention. */
    public LlamaConfig withMixer(MixerKind kind) {
        return LlamaJson.withMixer(this, kind);
    }

    /** With the convolution before the mixer, or without. */
    @Override
    public LlamaConfig withBackbone(Backbone backbone) {
        return with(Map.of("pre_conv", backbone == Backbone.MAMBA));
    }

    @Override
    public Optional<Backbone> backbone() {
        return Optional.of(preConv ? Backbone.MAMBA : Backbone.TRANSFORMER);
    }

    @Override
    public long parameterCount() {
        long c = hiddenSize;
        long queries = (long) heads * headSize;
        long keyValues = (long) keyValueHeads * headSize;
        long biases = attentionBias ? queries + 2 * keyValues + c : 0;
        long outputNorm = mixer == MixerKind.LINEAR_ATTENTION ? headSize : 0;
        long block = 2 * c * queries + 2 * c * keyValues + biases + outputNorm + 3 * c * intermediateSize + 2 * c;
        long conv = preConv ? c + c * convKernel + c : 0;
        return (tieWordEmbeddings ? 1 : 2) * vocabSize * c + layers * (block + conv) + c;
    }

    /** Keys and values of every token; in linear attention a matrix for each head, and a normaliser if it has one. */
    @Override
    public long stateFloats(long tokens) {
        long window = preConv ? (long) hiddenSize * convKernel : 0;
        long mixing = mixer == MixerKind.ATTENTION
                ? 2 * tokens * keyValueHeads * headSize
                : heads * ((long) headSize * headSize + (mixer == MixerKind.LINEAR_ATTENTION ? 0 : headSize));
        return layers * (mixing + window);
    }

    @Override
    public long activationFloats(long tokens) {
        return tokens * layers * (15L * hiddenSize + 4L * intermediateSize);
    }
}
