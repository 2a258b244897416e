package org.ttt4j.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;

/** Runs commands in this JVM and keeps what they print. */
final class Cli {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    /** @return the exit code of {@code ttt} with these words */
    int run(Object... words) {
        return run(Ttt.commandLine(), words);
    }

    int run(CommandLine command, Object... words) {
        command.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return Ttt.run(command, List.of(words).stream().map(Object::toString).toArray(String[]::new));
    }

    String out() {
        return out.toString();
    }

    String err() {
        return err.toString();
    }

    /** Drops what was printed so far. */
    void clear() {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
    }

    /** The objects of a file that {@code --json} named. */
    static List<JsonNode> json(Path file) throws IOException {
        List<JsonNode> objects = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            objects.add(JSON.readTree(line));
        }
        return objects;
    }
}
