package org.ttt4j.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.ttt4j.tensor.TttException;

/**
 * A Mamba-1 language model's configuration (Gu and Dao 2023) as Hugging Face writes it ({@code model_type: mamba}). Its
 * blocks are norm, mixer, residual; there is no separate feed-forward half.
 *
 * @param vocabSize V
 * @param hiddenSize C
 * @param layers number of blocks
 * @param expand E/C
 * @param stateSize S, states of a channel
 * @param convKernel width of the convolution, in tokens
 * @param timeStepRank R, width from which step sizes are projected; ⌈C/16⌉ for "auto"
 * @param useBias whether input and output projection have a bias
 * @param useConvBias whether the convolution has one
 * @param timeStepMin least step size at the start
 * @param timeStepMax largest step size at the start
 * @param timeStepFloor step sizes begin no smaller
 * @param tieWordEmbeddings whether the head is the embedding
 * @param layerNormEpsilon epsilon of the RMS norms
 * @param initializerRange standard deviation of the initial embedding
 * @param useCache kept for other readers
 * @param padTokenId id of padding, or null
 * @param bosTokenId id that begins a text, or null
 * @param eosTokenId id that ends a text, or null
 * @param extra all other keys of the file with their values, so that writing it loses nothing
 */
public record MambaConfig(
        int vocabSize,
        int hiddenSize,
        int layers,
        int expand,
        int stateSize,
        int convKernel,
        int timeStepRank,
        boolean useBias,
        boolean useConvBias,
        double timeStepMin,
        double timeStepMax,
        double timeStepFloor,
        boolean tieWordEmbeddings,
        double layerNormEpsilon,
        double initializerRange,
        boolean useCache,
        Integer padTokenId,
        Integer bosTokenId,
        Integer eosTokenId,
        Map<String, Object> extra)
        implements ModelConfig {

    static final String MODEL_TYPE = "mamba";

    /**
     * Checks every component.
     *
     * @throws TttException naming the key as it stands in a file, what is expected and what was found
     */
    public MambaConfig {
        extra = Collections.unmodifiableMap(new LinkedHashMap<>(extra));
        Checks.range("expand", expand, 1, 64);
        Checks.sizes(vocabSize, hiddenSize, expand * hiddenSize, layers);
        Checks.range("state_size", stateSize, 1, 4096);
        Checks.range("conv_kernel", convKernel, 1, 1024);
        Checks.range("time_step_rank", timeStepRank, 1, 1 << 15);
        Checks.array("two times expand times hidden_size times hidden_size", 2L * expand * hiddenSize, hiddenSize);
        Checks.array("expand times hidden_size times state_size", (long) expand * hiddenSize, stateSize);
        Checks.positive("time_step_min", timeStepMin);
        Checks.positive("time_step_max", timeStepMax);
        Checks.positive("time_step_floor", timeStepFloor);
        if (timeStepMin > timeStepMax) {
            throw TttException.mismatch("time_step_max", "at least time_step_min " + timeStepMin, timeStepMax);
        }
        Checks.positive("layer_norm_epsilon", layerNormEpsilon);
        Checks.notNegative("initializer_range", initializerRange);
        Checks.id("pad_token_id", padTokenId, vocabSize);
        Checks.id("bos_token_id", bosTokenId, vocabSize);
        Checks.id("eos_token_id", eosTokenId, vocabSize);
    }

    /**
     * A baseline of a named size: the width of {@link TTTConfig#preset(String)} and twice its blocks, each about half as large as one
     * with a feed-forward half.
     */
    public static MambaConfig preset(String name) {
        return MambaJson.of(Presets.of(name, MODEL_TYPE));
    }

    /** E, channels of the recurrence. */
    public int innerSize() {
        return expand * hiddenSize;
    }

    @Override
    public String toJson() {
        return ConfigJson.text(MambaJson.toTree(this));
    }

    @Override
    public MambaConfig with(Map<String, ?> changes) {
        return MambaJson.of(ConfigJson.with(MambaJson.toTree(this), changes));
    }

    @Override
    public MambaConfig withExtra(String key, Object value) {
        return MambaJson.of(ConfigJson.withExtra(MambaJson.toTree(this), extra, key, value));
    }

    @Override
    public MixerKind mixer() {
        return MixerKind.MAMBA;
    }

    /** None of the paper's two: Mamba's blocks are its own. */
    @Override
    public Optional<Backbone> backbone() {
        return Optional.empty();
    }

    @Override
    public MambaConfig withBackbone(Backbone backbone) {
        throw TttException.mismatch("backbone", "none, since mixer mamba has blocks of its own", backbone);
    }

    @Override
    public String backboneName() {
        return "own";
    }

    @Override
    public long parameterCount() {
        long c = hiddenSize;
        long e = innerSize();
        long input = 2 * e * c + (useBias ? 2 * e : 0);
        long conv = e * convKernel + (useConvBias ? e : 0);
        long steps = (timeStepRank + 2L * stateSize) * e + e * timeStepRank + e;
        long scan = e * stateSize + e;
        long output = e * c + (useBias ? c : 0);
        long block = input + conv + steps + scan + output + c;
        return (tieWordEmbeddings ? 1 : 2) * vocabSize * c + layers * block + c;
    }

    @Override
    public long stateFloats(long tokens) {
        return layers * (long) innerSize() * (stateSize + convKernel);
    }

    @Override
    public long activationFloats(long tokens) {
        long checkpoints = (long) Math.ceil(Math.sqrt(tokens)) * stateSize * innerSize();
        return layers * (tokens * (3L * hiddenSize + 9L * innerSize()) + checkpoints);
    }
}
