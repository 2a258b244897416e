package org.ttt4j.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.ttt4j.checkpoint.Checkpoint;
import org.ttt4j.checkpoint.Converter;
import org.ttt4j.checkpoint.StorageType;
import org.ttt4j.tensor.TttException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes a checkpoint in another form. */
@Command(
        name = "convert",
        description = "Write a checkpoint of any form as a directory of safetensors.",
        footer = {
            "",
            "IN is a directory with config.json and model.safetensors (or several files and an index), or a file of",
            "the authors' JAX code (streaming_params, streaming_train_state, flax_params), which needs --config.",
            "Weights pass through a piece at a time, whatever their size. docs/checkpoints.md describes the formats."
        })
final class ConvertCommand implements Callable<Integer> {

    @Mixin
    private CommonOptions common;

    @Mixin
    private ConfigOption config;

    @Parameters(index = "0", paramLabel = "IN", description = "A checkpoint's directory or file.")
    private Path in;

    @Parameters(
            index = "1",
            paramLabel = "OUT",
            description = "A new directory; a checkpoint there is replaced when the new one is whole.")
    private Path out;

    @Option(
            names = "--to",
            paramLabel = "safetensors",
            defaultValue = "safetensors",
            description = "The form to write (default: ${DEFAULT-VALUE}).")
    private Form form;

    @Option(
            names = "--dtype",
            paramLabel = "float32|bfloat16|float16|q8_0",
            defaultValue = "float32",
            description =
                    "Precision of the weights; q8_0 keeps matrices in blocks of 32 bytes (default: ${DEFAULT-VALUE}).")
    private StorageType type;

    @Option(
            names = "--shard-size",
            paramLabel = "BYTES",
            description = "The most bytes in a file, for example 500MB or 5GB (default: 5GB).")
    private String shardSize;

    @Spec
    private CommandSpec spec;

    /** Forms that can be written. */
    enum Form {
        SAFETENSORS
    }

    @Override
    public Integer call() throws IOException {
        long limit = shardSize == null ? Converter.SHARD_BYTES : bytes(shardSize);
        Checkpoint checkpoint = config.open(in);
        long start = System.nanoTime();
        Converter.Report report = new Converter(type, limit, key -> {}).convert(checkpoint, out);
        double seconds = (System.nanoTime() - start) / 1e9;
        print(report, seconds);
        try (Json json = common.openJson()) {
            json.line(facts(report, seconds));
        }
        return 0;
    }

    private static long bytes(String size) {
        String text = size.strip().toUpperCase(Locale.ROOT).replaceFirst("B$", "");
        int last = text.length() - 1;
        int power = last < 0 ? -1 : "KMGT".indexOf(text.charAt(last));
        long unit = (long) Math.pow(1000, power + 1);
        try {
            return Math.multiplyExact(Long.parseLong(power < 0 ? text : text.substring(0, last)), unit);
        } catch (NumberFormatException | ArithmeticException e) {
            throw TttException.mismatch("--shard-size", "a number of bytes, for example 500MB or 5GB", size);
        }
    }

    private void print(Converter.Report r, double seconds) {
        PrintWriter words = spec.commandLine().getOut();
        String types = r.typesRead().entrySet().stream()
                .map(e -> e.getValue() + " " + e.getKey())
                .sorted()
                .collect(Collectors.joining(", "));
        words.printf(Locale.ROOT, "tensors         %,d, %,d values%n", r.tensors(), r.parameters());
        words.printf(Locale.ROOT, "read            %,d bytes (%s)%n", r.bytesRead(), types);
        words.printf(Locale.ROOT, "written         %,d bytes, %s%n", r.bytesWritten(), type);
        words.printf(Locale.ROOT, "files           %s%n", String.join(", ", r.files()));
        words.printf(
                Locale.ROOT,
                "rounding error  %s%n",
                r.largestErrorTensor().isEmpty()
                        ? "none"
                        : String.format(
                                Locale.ROOT,
                                "%.2e of a tensor's largest value, %s",
                                r.largestError(),
                                r.largestErrorTensor()));
        words.printf(Locale.ROOT, "time            %.1f s%n", seconds);
        words.flush();
    }

    private Map<String, Object> facts(Converter.Report r, double seconds) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("tensors", r.tensors());
        facts.put("parameters", r.parameters());
        facts.put("types_read", r.typesRead());
        facts.put("bytes_read", r.bytesRead());
        facts.put("bytes_written", r.bytesWritten());
        facts.put("dtype", type.toString());
        facts.put("files", r.files());
        facts.put("largest_error", r.largestError());
        facts.put("largest_error_tensor", r.largestErrorTensor());
        facts.put("seconds", seconds);
        return facts;
    }
}
