package org.ttt4j.cli;

import java.nio.file.Path;
import java.util.List;
import org.ttt4j.checkpoint.Checkpoint;
import org.ttt4j.jax.GivenConfig;
import picocli.CommandLine.Option;

/** A configuration for weights that have none beside them. */
final class ConfigOption {

    @Option(
            names = "--config",
            split = ",",
            paramLabel = "CONFIG",
            description =
                    "For weights without a config.json: a file, or a configuration of the authors' JAX code (125m, "
                            + "350m, 760m, 1b, 125m-TTT, ...), then changes: 1b-TTT,seq_modeling_block=ttt_mlp,ttt_base_lr=0.1")
    private List<String> words = List.of();

    /** Opens a directory, or a file of weights. */
    Checkpoint open(Path path) {
        return words.isEmpty() ? Checkpoint.open(path) : Checkpoint.open(path, GivenConfig.of(words));
    }
}
