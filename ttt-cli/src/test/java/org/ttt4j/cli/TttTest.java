package org.ttt4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ttt4j.config.InnerKind;
import org.ttt4j.config.TTTConfig;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class TttTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void everyCommandHasHelp() {
        for (String name : Ttt.commandLine().getSubcommands().keySet()) {
            assertEquals(0, run(name, "--help"), name);
        }
        assertTrue(out.toString().contains("--threads"), out.toString());
        assertEquals("", err.toString());
    }

    @Test
    void versionIsPrinted() {
        assertEquals(0, run("--version"));
        assertTrue(out.toString().startsWith("ttt "), out.toString());
    }

    @Test
    void wrongUsageExitsWith2AndOneLine() {
        assertEquals(2, run("info", "--nonsense"));
        assertEquals("ttt: Unknown option: '--nonsense' (see ttt info --help)\n", unix(err));
        assertEquals(2, run("no-such-command"));
        assertEquals(2, run());
    }

    @Test
    void failureExitsWith1AndOneLine() {
        assertEquals(1, run("info", "--threads", "0"));
        assertEquals("ttt: --threads: expected at least 1, found 0\n", unix(err));
    }

    @Test
    void stackTraceOnlyWithDebug() {
        assertEquals(1, run("fail", "--debug"));
        assertTrue(err.toString().startsWith("ttt: model.safetensors: no such file"), err.toString());
        assertTrue(err.toString().contains("\tat "), err.toString());
    }

    @Test
    void infoWritesJson(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("info.jsonl");
        assertEquals(0, run("info", "--json", file.toString(), "--threads", "3"), err::toString);
        JsonNode facts = new ObjectMapper().readTree(Files.readString(file));
        assertEquals(3, facts.get("threads").asInt());
        assertTrue(out.toString().contains("nd4j_backend"), out.toString());
    }

    @Test
    void infoDescribesAModel(@TempDir Path directory) throws IOException {
        TTTConfig.preset("tiny").withInner(InnerKind.MLP).write(directory.resolve("config.json"));
        assertEquals(0, run("info", "--model", directory.toString()), err::toString);
        assertTrue(out.toString().contains("ttt-mlp"), out.toString());
        assertEquals(1, run("info", "--model", "no-such-preset"));
        assertTrue(err.toString().startsWith("ttt: preset: expected one of"), err.toString());
    }

    private int run(String... args) {
        CommandLine ttt = Ttt.commandLine().addSubcommand(new FailCommand());
        ttt.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return Ttt.run(ttt, args);
    }

    private static String unix(StringWriter text) {
        return text.toString().replace("\r\n", "\n");
    }

    @Command(name = "fail")
    private static final class FailCommand implements Callable<Integer> {

        @Mixin
        private CommonOptions common;

        @Override
        public Integer call() throws IOException {
            throw new NoSuchFileException("model.safetensors", null, null);
        }
    }
}
