package org.ttt4j.config;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.ttt4j.inner.DualForm;
import org.ttt4j.tensor.TttException;

/**
 * A TTT language model's configuration. Components stand for the keys of the authors' {@code config.json} (their
 * {@code hidden_act} can only be "silu" and has none); a configuration exists only if it is sound.
 *
 * @param vocabSize V
 * @param hiddenSize C
 * @param intermediateSize F, width of the feed-forward half
 * @param layers number of blocks
 * @param heads H, divides C into an even head size of at least 4
 * @param inner what is learnt at test time
 * @param baseLearningRate the inner learning rate's largest value, before it is divided by the head size
 * @param miniBatch K, tokens per inner mini-batch
 * @param useGate whether a gate multiplies the layer's output
 * @param shareQk whether queries and keys come from one projection by two convolutions
 * @param preConv whether every block starts with a convolution
 * @param convKernel width of the convolutions, in tokens
 * @param tieWordEmbeddings whether the head is the embedding
 * @param rmsNormEps epsilon of the RMS norms
 * @param ropeTheta base of the rotary angles
 * @param initializerRange standard deviation of initial weights
 * @param maxPositionEmbeddings kept for other readers; the model has no such limit
 * @param useCache kept for other readers
 * @param padTokenId id of padding, or null
 * @param bosTokenId id that begins a text, or null
 * @param eosTokenId id that ends a text, or null
 * @param pretrainingTp kept for other readers
 * @param scanCheckpointGroupSize kept for other readers: how the authors' training saves memory
 * @param extra all other keys of the file with their values, so that writing it loses nothing
 */
public record TTTConfig(
        int vocabSize,
        int hiddenSize,
        int intermediateSize,
        int layers,
        int heads,
        InnerKind inner,
        double baseLearningRate,
        int miniBatch,
        boolean useGate,
        boolean shareQk,
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
        int pretrainingTp,
        int scanCheckpointGroupSize,
        Map<String, Object> extra)
        implements FeedForwardConfig {

    static final String MODEL_TYPE = "ttt";

    private static final double LINEAR_RATE = 1.0;
    /** The authors' base rate of the inner learning in TTT-MLP. */
    private static final double MLP_RATE = 0.1;

    /**
     * Checks every component.
     *
     * @throws TttException naming the key as it stands in a file, what is expected and what was found
     */
    public TTTConfig {
        extra = Collections.unmodifiableMap(new LinkedHashMap<>(extra));
        Checks.sizes(vocabSize, hiddenSize, intermediateSize, layers);
        Checks.headSize(hiddenSize, heads);
        Checks.inner(Objects.requireNonNull(inner, "inner"), hiddenSize, heads, miniBatch, baseLearningRate);
        Checks.range("conv_kernel", convKernel, 1, 1024);
        Checks.positive("rms_norm_eps", rmsNormEps);
        Checks.positive("rope_theta", ropeTheta);
        Checks.notNegative("initializer_range", initializerRange);
        Checks.range("max_position_embeddings", maxPositionEmbeddings, 1, Integer.MAX_VALUE);
        Checks.id("pad_token_id", padTokenId, vocabSize);
        Checks.id("bos_token_id", bosTokenId, vocabSize);
        Checks.id("eos_token_id", eosTokenId, vocabSize);
        Checks.range("pretraining_tp", pretrainingTp, 1, Integer.MAX_VALUE);
        Checks.range("scan_checkpoint_group_size", scanCheckpointGroupSize, 0, Integer.MAX_VALUE);
        if (!MODEL_TYPE.equals(extra.getOrDefault(Keys.MODEL_TYPE, MODEL_TYPE))) {
            throw TttException.mismatch(Keys.MODEL_TYPE, MODEL_TYPE, extra.get(Keys.MODEL_TYPE));
        }
    }

    /**
     * A named size: "125m", "350m", "760m" and "1b" of the paper, or "tiny", "demo" and "small" for a vocabulary of bytes.
     * As the authors ship them: Transformer backbone, TTT-Linear.
     */
    public static TTTConfig preset(String name) {
        return TTTJson.of(Presets.of(name, MODEL_TYPE));
    }

    /** A named size in the Mamba backbone, with the inner model's own base rate. */
    static TTTConfig preset(String name, InnerKind inner) {
        return preset(name)
                .withBackbone(Backbone.MAMBA)
                .withInner(inner)
                .with(Map.of("ttt_base_lr", inner == InnerKind.LINEAR ? LINEAR_RATE : MLP_RATE));
    }

    /** The names that {@link #preset(String)} knows, from the smallest to the largest. */
    public static List<String> presetNames() {
        return Presets.names();
    }

    /**
     * Reads a {@code config.json}. Missing keys have the authors' defaults, unknown ones are kept.
     *
     * @throws TttException naming the file and the key, what is expected and what was found
     */
    public static TTTConfig read(Path file) {
        return ConfigJson.read(file, TTTJson::of);
    }

    /**
     * Reads the text of a {@code config.json}.
     *
     * @throws TttException naming the key, what is expected and what was found
     */
    public static TTTConfig parse(String json) {
        return ConfigJson.parse(json, "config", TTTJson::of);
    }

    @Override
    public String toJson() {
        return ConfigJson.text(TTTJson.toTree(this));
    }

    @Override
    public TTTConfig with(Map<String, ?> changes) {
        return TTTJson.of(ConfigJson.with(TTTJson.toTree(this), changes));
    }

    @Override
    public TTTConfig withExtra(String key, Object value) {
        return TTTJson.of(ConfigJson.withExtra(TTTJson.toTree(this), extra, key, value));
    }

    @Override
    public MixerKind mixer() {
        return inner == InnerKind.LINEAR ? MixerKind.TTT_LINEAR : MixerKind.TTT_MLP;
    }

    public TTTConfig withInner(InnerKind inner) {
        return with(Map.of("ttt_layer_type", inner.key()));
    }

    /** Sets the gate, the shared query-key projection and the convolution before the layer. */
    @Override
    public TTTConfig withBackbone(Backbone backbone) {
        boolean mamba = backbone == Backbone.MAMBA;
        return with(Map.of("use_gate", mamba, "share_qk", mamba, "pre_conv", mamba));
    }

    /** The arrangement that the three flags make; empty if they are mixed, which is a model all the same. */
    @Override
    public Optional<Backbone> backbone() {
        if (useGate != shareQk || shareQk != preConv) {
            return Optional.empty();
        }
        return Optional.of(useGate ? Backbone.MAMBA : Backbone.TRANSFORMER);
    }

    @Override
    public int headSize() {
        return hiddenSize / heads;
    }

    @Override
    public long parameterCount() {
        long c = hiddenSize;
        long conv = c * convKernel + c;
        long queryKey = shareQk ? c * c + 2 * conv : 2 * c * c;
        long valueOutputGate = (useGate ? 3 : 2) * c * c;
        long rate = heads * (c + 1);
        long norms = 4 * c;
        long mixer = queryKey + valueOutputGate + rate + miniBatch + norms + innerStateFloats();
        long block = mixer + 3 * c * intermediateSize + 2 * c + (preConv ? c + conv : 0);
        return (tieWordEmbeddings ? 1 : 2) * vocabSize * c + layers * block + c;
    }

    /**
     * Floats of the inner weights of one layer and one sequence: H(D² + D) for TTT-Linear, H(8D² + 5D) for TTT-MLP. An
     * unfinished mini-batch and the convolutions' windows come on top.
     */
    public long innerStateFloats() {
        return heads * inner.floats(headSize());
    }

    /**
     * Whatever the text's length: the inner weights, the most that an unfinished mini-batch takes, and the windows of the
     * convolutions.
     */
    @Override
    public long stateFloats(long tokens) {
        int kept = DualForm.rowLimit(miniBatch, headSize());
        long rows = (long) kept * hiddenSize * (inner == InnerKind.LINEAR ? 2 : 10);
        long sums = kept < miniBatch ? innerStateFloats() : 0;
        long windows = ((shareQk ? 1 : 0) + (preConv ? 1 : 0)) * (long) hiddenSize * convKernel;
        return layers * (innerStateFloats() + rows + sums + windows);
    }

    /**
     * Per token about 20 activations of width C and 4 of width F in every block; per block the inner weights at about √N of
     * the N inner mini-batches, and as many again while one stretch is walked back.
     */
    @Override
    public long activationFloats(long tokens) {
        long kept = 2 * (long) Math.ceil(Math.sqrt(Math.ceil((double) tokens / miniBatch)));
        return layers * (tokens * (20L * hiddenSize + 4L * intermediateSize) + innerStateFloats() * kept);
    }
}
