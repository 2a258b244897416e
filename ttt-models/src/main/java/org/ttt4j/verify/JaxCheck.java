package org.ttt4j.verify;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.nd4j.linalg.api.buffer.DataType;
import org.ttt4j.checkpoint.Checkpoint;
import org.ttt4j.config.LlamaConfig;
import org.ttt4j.config.ModelConfig;
import org.ttt4j.execution.Execution;
import org.ttt4j.jax.GivenConfig;
import org.ttt4j.lm.LanguageModel;
import org.ttt4j.safetensors.SafetensorsFile;
import org.ttt4j.safetensors.TensorSource;

/**
 * Checkpoints of the authors' JAX code beside the same weights under their PyTorch names: every tensor bit for bit, after
 * rounding to the precision that it was saved in, and the logits.
 */
final class JaxCheck {

    private static final String EXPECTED = "expected.safetensors";
    private static final String JAX_CONFIG = "jax_config.json";
    private static final String WEIGHTS = "model.safetensors";

    private final Path weights;
    private final ModelConfig config;
    private final Execution execution;
    private final Limits limits;

    JaxCheck(Path directory, Execution execution) {
        Path jax = directory.resolve(JAX_CONFIG);
        config = Files.exists(jax)
                ? GivenConfig.of(List.of(jax.toString()))
                : ModelConfig.read(directory.resolve("config.json"));
        weights = directory.resolve(WEIGHTS);
        this.execution = execution;
        boolean attention = config instanceof LlamaConfig && execution.dataType() == DataType.FLOAT;
        limits = attention ? Limits.ATTENTION_FLOAT : Limits.of(execution.dataType());
    }

    /** Whether a directory holds checkpoints and what they must give. */
    static boolean isPrecision(Path directory) {
        return Files.isRegularFile(directory.resolve(EXPECTED));
    }

    /** Whether a file of such a directory is a checkpoint. */
    static boolean isCheckpoint(Path file) {
        return Files.isRegularFile(file) && !file.endsWith(EXPECTED);
    }

    FileReport check(Path path, String name) {
        List<String> failures = new ArrayList<>();
        int compared;
        Checkpoint checkpoint = Checkpoint.open(path, config);
        try (TensorSource actual = checkpoint.source();
                TensorSource expected = SafetensorsFile.open(weights)) {
            compared = new ExactComparison(expected, actual).compare(failures);
        }
        try (SafetensorsFile expected = SafetensorsFile.open(path.resolveSibling(EXPECTED));
                LanguageModel<?> model = checkpoint.load(execution)) {
            Comparison c = new Comparison(expected, limits, Set.of("input_ids"));
            int[][] ids = ModelCheck.ids(expected, "input_ids");
            c.forward("logits", model.forward(ids, model.newState(ids.length)));
            return c.report(name).with(compared, failures);
        }
    }
}
