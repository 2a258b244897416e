package org.ttt4j.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.ttt4j.config.ModelConfig;
import org.ttt4j.execution.Execution;
import org.ttt4j.io.AtomicFiles;
import org.ttt4j.lm.CausalLM;
import org.ttt4j.lm.LanguageModel;
import org.ttt4j.safetensors.SafetensorsFile;
import org.ttt4j.safetensors.SafetensorsWriter;
import org.ttt4j.safetensors.StoredWeights;
import org.ttt4j.safetensors.TensorSource;
import org.ttt4j.tensor.TttException;
import org.ttt4j.tokenizer.Tokenizer;

/**
 * A model on disk. What this library writes is a directory as the authors' PyTorch code reads it:
 *
 * <ul>
 *   <li>{@code config.json}: the configuration. The key {@code tokenizer} names the tokenizer, or the file by its hash;
 *       {@code bos_token_id} and {@code eos_token_id} are its special ids.
 *   <li>{@code tokenizer.json}: the tokenizer, unless its name tells all.
 *   <li>{@code model.safetensors}: the weights under the authors' names, F32 or F64. Its metadata hold {@code format}
 *       (what PyTorch's loaders ask for), {@code ttt4j} (the {@link Provenance} as JSON) and {@code config_sha256}.
 * </ul>
 *
 * <p>It reads other forms as well (docs/checkpoints.md): several files with an index, half precisions, matrices in blocks of
 * bytes, and the files of the authors' JAX code.
 *
 * <p>Saving over a checkpoint takes effect at one moment, the renaming of {@code model.safetensors}: provenance is in that
 * file, and a changed configuration waits beside as {@code config.next.json} until then. A reader takes the waiting one if
 * the weights name its hash, so that whatever a crash leaves is the old checkpoint or the new one.
 */
public final class Checkpoint {

    private static final String CONFIG = "config.json";
    private static final String NEXT_CONFIG = "config.next.json";
    private static final String WEIGHTS = "model.safetensors";

    private static final String PROVENANCE = "ttt4j";
    private static final String CONFIG_HASH = "config_sha256";

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path directory;
    private final Path weights;
    private final ModelConfig config;
    private final Map<String, String> metadata;

    private Checkpoint(Path weights, ModelConfig config, Map<String, String> metadata) {
        this.directory = weights.toAbsolutePath().getParent();
        this.weights = weights;
        this.config = config;
        this.metadata = metadata;
    }

    /**
     * Reads the configuration and what is written about the weights.
     *
     * @param path a directory with config.json and weights, in one file or in several
     * @throws TttException naming the file and what is wrong with it
     */
    public static Checkpoint open(Path path) {
        Path weights = WeightFiles.find(path);
        Path directory = weights.toAbsolutePath().getParent();
        if (!WeightFiles.isSafetensors(weights) && !Files.exists(config(directory))) {
            throw TttException.mismatch(
                    weights.toString(), "a configuration, which files of the JAX code do not hold", "none");
        }
        if (!WeightFiles.isSafetensors(weights)) {
            return open(path, ModelConfig.read(config(directory)));
        }
        try (TensorSource source = WeightFiles.open(weights, null)) {
            Path configFile = hasWaitingConfig(directory, source.metadata()) ? next(directory) : config(directory);
            return new Checkpoint(
                    weights, ConvertedConfig.requireKnown(ModelConfig.read(configFile)), source.metadata());
        }
    }

    /**
     * Weights with a configuration that is not beside them.
     *
     * @param path a safetensors file, an index of several, a file of the authors' JAX code, or a directory with one of them
     * @throws TttException naming the file and what is wrong with it
     */
    public static Checkpoint open(Path path, ModelConfig config) {
        Path weights = WeightFiles.find(path);
        try (TensorSource source = WeightFiles.open(weights, config)) {
            return new Checkpoint(weights, config, source.metadata());
        }
    }

    /** Whether the directory holds weights, so that {@link #open} may be tried. */
    public static boolean exists(Path directory) {
        return Files.exists(directory.resolve(WEIGHTS));
    }

    /** The model's configuration. */
    public ModelConfig config() {
        return config;
    }

    /**
     * The tokenizer that the model was trained with: the one that the configuration names, or the {@code tokenizer.json}
     * beside it. Its end of text is the configuration's {@code eos_token_id}.
     *
     * @throws TttException if there is none, an unknown or a damaged one, or one with more ids than the model
     */
    public Tokenizer tokenizer() {
        Tokenizer tokenizer = TokenizerFiles.read(directory, config);
        TokenizerFiles.requireRoom(config(directory) + ", vocab_size", config, tokenizer);
        return tokenizer;
    }

    /** Where the weights come from; empty if another program wrote them. */
    public Optional<Provenance> provenance() {
        String json = metadata.get(PROVENANCE);
        if (json == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(JSON.readValue(json, Provenance.class));
        } catch (JsonProcessingException e) {
            throw new TttException(weights + ", metadata " + PROVENANCE + ": " + e.getOriginalMessage(), e);
        }
    }

    /**
     * Starts the model.
     *
     * @throws TttException listing all keys that are missing, unexpected or mis-shaped
     */
    public LanguageModel<?> load(Execution execution) {
        return load(config, execution);
    }

    /**
     * Starts a model of another configuration with these weights: another inner learning rate, for example.
     *
     * @throws TttException listing all keys that are missing, unexpected or mis-shaped
     */
    public LanguageModel<?> load(ModelConfig other, Execution execution) {
        try (TensorSource source = WeightFiles.open(weights, other)) {
            return LanguageModel.open(CausalLM.of(other), weights(source, other), execution);
        }
    }

    /** These weights as values of a model's parameters. */
    public static StoredWeights weights(TensorSource source, ModelConfig config) {
        return new StoredWeights(source, CausalLM.of(config).repeatedKeys());
    }

    /** Where the weights lie, and what belongs to them. */
    public Path directory() {
        return directory;
    }

    /** Opens the weights themselves, under the names of the model's parameters; the caller's to close. */
    public TensorSource source() {
        return WeightFiles.open(weights, config);
    }

    /** What a file of converted weights says about them; their configuration is written beside it. */
    Map<String, String> metadata(String json) {
        return metadata(json, metadata.get(PROVENANCE));
    }

    /** @param provenance as JSON, or null */
    private static Map<String, String> metadata(String json, String provenance) {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("format", "pt");
        all.put(CONFIG_HASH, sha256(json));
        if (provenance != null) {
            all.put(PROVENANCE, provenance);
        }
        return all;
    }

    /** Writes a configuration to its place. */
    static void writeConfig(Path directory, String json) {
        AtomicFiles.writeString(config(directory), json);
    }

    /**
     * Creates or replaces a checkpoint as a whole. The weights keep the precision that the model runs in.
     *
     * @param directory is created if it is missing
     * @throws TttException if it cannot be written; the old checkpoint is still there then
     */
    public static void save(
            Path directory, ModelConfig config, Tokenizer tokenizer, LanguageModel<?> model, Provenance provenance) {
        String json = TokenizerFiles.configured(config, tokenizer)
                .withExtra(TokenizerFiles.KEY, tokenizer.name())
                .toJson();
        Map<String, String> metadata = metadata(json, json(provenance));
        Map<String, INDArray> weights = new LinkedHashMap<>();
        model.lm().params().forEach(p -> weights.put(p.key(), model.weight(p)));
        try {
            Files.createDirectories(directory);
            settle(directory);
            TokenizerFiles.write(directory, tokenizer, !exists(directory));
            boolean changed = !Files.exists(config(directory))
                    || !Files.readString(config(directory)).equals(json);
            if (changed) {
                AtomicFiles.writeString(exists(directory) ? next(directory) : config(directory), json);
            }
            SafetensorsWriter.write(directory.resolve(WEIGHTS), weights, metadata);
            settle(directory);
        } catch (IOException e) {
            throw new TttException(directory + ": cannot be written: " + e, e);
        } finally {
            weights.values().forEach(INDArray::close);
        }
    }

    /** Brings a configuration that the weights wait for to its place. */
    private static void settle(Path directory) throws IOException {
        if (!exists(directory)) {
            return;
        }
        boolean waiting;
        try (SafetensorsFile weights = SafetensorsFile.open(directory.resolve(WEIGHTS))) {
            waiting = hasWaitingConfig(directory, weights.metadata());
        }
        if (waiting) {
            Files.move(
                    next(directory),
                    config(directory),
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        }
        TokenizerFiles.settle(directory, ModelConfig.read(config(directory)));
    }

    private static boolean hasWaitingConfig(Path directory, Map<String, String> metadata) {
        try {
            return Files.exists(next(directory))
                    && sha256(Files.readString(next(directory))).equals(metadata.get(CONFIG_HASH));
        } catch (IOException e) {
            throw new TttException(next(directory) + ": cannot be read: " + e, e);
        }
    }

    private static Path config(Path directory) {
        return directory.resolve(CONFIG);
    }

    private static Path next(Path directory) {
        return directory.resolve(NEXT_CONFIG);
    }

    private static String json(Provenance provenance) {
        try {
            return JSON.writeValueAsString(provenance);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a record of numbers and strings", e);
        }
    }

    private static String sha256(String text) {
        try {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(utf8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
