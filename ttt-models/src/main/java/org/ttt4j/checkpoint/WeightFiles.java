package org.ttt4j.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.ttt4j.config.LlamaConfig;
import org.ttt4j.config.MambaConfig;
import org.ttt4j.config.ModelConfig;
import org.ttt4j.jax.JaxCheckpoint;
import org.ttt4j.lm.MambaModel;
import org.ttt4j.safetensors.RenamedTensors;
import org.ttt4j.safetensors.SafetensorsFile;
import org.ttt4j.safetensors.ShardedFiles;
import org.ttt4j.safetensors.ShardedWriter;
import org.ttt4j.safetensors.TensorSource;
import org.ttt4j.tensor.TttException;

/** The forms in which weights lie on a disk: one safetensors file, several with an index, a file of the JAX code. */
final class WeightFiles {

    private static final String SAFETENSORS = ".safetensors";
    private static final String INDEX = ".index.json";
    private static final Pattern JAX = Pattern.compile("(streaming_params|streaming_train_state|flax_params)(_\\d+)?");

    private WeightFiles() {}

    /**
     * The file that weights are opened by.
     *
     * @param path that file, or its directory
     * @throws TttException if there is none, or more than one that could be meant
     */
    static Path find(Path path) {
        if (Files.isRegularFile(path)) {
            return path;
        }
        if (!Files.isDirectory(path)) {
            throw TttException.mismatch(path.toString(), "a checkpoint's directory or file", "none");
        }
        for (String name : List.of(ShardedWriter.SINGLE, ShardedWriter.INDEX)) {
            if (Files.exists(path.resolve(name))) {
                return path.resolve(name);
            }
        }
        List<Path> files = jaxFiles(path);
        if (files.size() != 1) {
            throw TttException.mismatch(
                    path.toString(),
                    "model.safetensors, model.safetensors.index.json, or one streaming_params, streaming_train_state or"
                            + " flax_params",
                    files.isEmpty() ? "none of them" : files);
        }
        return files.get(0);
    }

    private static List<Path> jaxFiles(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(
                            file -> JAX.matcher(file.getFileName().toString()).matches())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new TttException(directory + ": cannot be listed: " + e, e);
        }
    }

    /** Whether weights in a directory are safetensors, which have their configuration beside them. */
    static boolean isSafetensors(Path file) {
        String name = file.getFileName().toString();
        return name.endsWith(SAFETENSORS) || name.endsWith(INDEX);
    }

    /** @param config the model's, which the layout in the JAX code's files depends on; null if it is not known yet */
    static TensorSource open(Path file, ModelConfig config) {
        TensorSource source = openAsStored(file, config);
        return config instanceof MambaConfig ? new RenamedTensors(source, MambaModel.OTHER_KEYS) : source;
    }

    private static TensorSource openAsStored(Path file, ModelConfig config) {
        String name = file.getFileName().toString();
        if (name.endsWith(INDEX)) {
            return ShardedFiles.open(file);
        }
        if (name.endsWith(SAFETENSORS)) {
            return SafetensorsFile.open(file);
        }
        return JaxCheckpoint.open(file, config instanceof LlamaConfig attention ? attention.heads() : 0);
    }
}
