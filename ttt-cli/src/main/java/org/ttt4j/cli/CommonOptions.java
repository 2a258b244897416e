package org.ttt4j.cli;

import java.io.IOException;
import java.nio.file.Path;
import org.ttt4j.tensor.TttException;
import picocli.CommandLine.Option;

/** What every subcommand understands. */
final class CommonOptions {

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Also write the results to FILE, one JSON object a line.")
    private Path json;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Threads to compute with (default: all cores). Results do not depend on it.")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Seed of everything random (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--debug", description = "Print the stack trace of a failure.")
    private boolean debug;

    /** Opens the file that {@code --json} names; without it, a sink that drops what it gets. */
    Json openJson() throws IOException {
        return Json.open(json);
    }

    int threads() {
        if (threads < 1) {
            throw TttException.mismatch("--threads", "at least 1", threads);
        }
        return threads;
    }

    long seed() {
        return seed;
    }
}
