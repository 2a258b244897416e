package org.ttt4j.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.ttt4j.tensor.TttException;
import picocli.CommandLine.Option;

/** What every subcommand understands. */
final class CommonOptions {

    private static final long DEFAULT_SEED = 1;

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

    @Option(names = "--seed", paramLabel = "N", description = "Seed of everything random (default: 1).")
    private Long seed;

    @Option(names = "--debug", description = "Print the stack trace of a failure.")
    private boolean debug;

    /** Opens the file that {@code --json} names; without it, a sink that drops what it gets. */
    Json openJson() throws IOException {
        return Json.open(json);
    }

    /** The file that {@code --json} names, or null. */
    Path jsonFile() {
        return json;
    }

    int threads() {
        if (threads < 1) {
            throw TttException.mismatch("--threads", "at least 1", threads);
        }
        return threads;
    }

    long seed() {
        return givenSeed().orElse(DEFAULT_SEED);
    }

    /** Empty if the command line names none. */
    Optional<Long> givenSeed() {
        return Optional.ofNullable(seed);
    }
}
