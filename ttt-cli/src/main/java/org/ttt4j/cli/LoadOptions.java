package org.ttt4j.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import org.ttt4j.checkpoint.Checkpoint;
import org.ttt4j.execution.Execution;
import org.ttt4j.lm.LanguageModel;
import org.ttt4j.matrix.ProductType;
import org.ttt4j.matrix.WeightType;
import org.ttt4j.reference.InnerForm;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A trained model on the command line, and how it is to run. */
final class LoadOptions {

    @Option(
            names = "--model",
            required = true,
            paramLabel = "DIR",
            description = "The model: a checkpoint's directory, or a file of weights and --config.")
    private Path directory;

    @Mixin
    private ConfigOption config;

    @Option(
            names = "--dtype",
            paramLabel = "float32|float64",
            defaultValue = "float32",
            description = "Precision of everything; float64 is slow (default: ${DEFAULT-VALUE}).")
    private Precision precision;

    @Option(
            names = "--kernel",
            paramLabel = "NAME",
            description = "What computes: reference, or a fused kernel (default: the fastest that there is).")
    private String kernel = Execution.AUTO;

    @Option(
            names = "--weights",
            paramLabel = "TYPE",
            defaultValue = "float32",
            description = "How matrices are kept: float32, bfloat16 or q8_0, which make writing faster and round "
                    + "(default: ${DEFAULT-VALUE}).")
    private WeightType weights;

    @Option(
            names = "--products",
            paramLabel = "TYPE",
            defaultValue = "float32",
            description = "Products of many rows in float32, or in bfloat16 where ND4J's oneDNN build is there "
                    + "(default: ${DEFAULT-VALUE}).")
    private ProductType products;

    /** The model's directory; of a file, the one that it is in. */
    Path directory() {
        return Files.isRegularFile(directory) ? directory.toAbsolutePath().getParent() : directory;
    }

    Checkpoint checkpoint() {
        return config.open(directory);
    }

    LanguageModel<?> load(Checkpoint checkpoint, int threads) {
        return checkpoint.load(new Execution(kernel, precision.dataType(), InnerForm.DUAL, threads, weights, products));
    }
}
