package org.ttt4j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ttt4j.checkpoint.Checkpoint;
import org.ttt4j.tokenizer.JsonTokenizer;
import org.ttt4j.tokenizer.Tokenizer;
import org.ttt4j.tokenizer.Tokenizers;
import picocli.CommandLine;

/** Making a tokenizer, looking at what it does, and training a model with it. */
class TokenizerCommandsTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    Path dir;

    @BeforeEach
    void writeText() throws IOException {
        Files.writeString(dir.resolve("text.txt"), "to be or not to be, that is the question: 漢字 ".repeat(20));
    }

    private String path(String name) {
        return dir.resolve(name).toString();
    }

    private int run(String... args) {
        out.getBuffer().setLength(0);
        CommandLine ttt = Ttt.commandLine();
        ttt.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return Ttt.run(ttt, args);
    }

    private void make(String name, String size, String style) {
        String[] args = {
            "tokenizer",
            "train",
            "--vocab-size",
            size,
            "--style",
            style,
            "--text",
            path("text.txt"),
            "--out",
            path(name)
        };
        assertEquals(0, run(args), err::toString);
        assertTrue(out.toString().contains(name), out.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"byte-level", "sentencepiece"})
    void trainsEncodesAndDecodes(String style) throws IOException {
        make("tokenizer.json", "300", style);
        Tokenizer tokenizer = Tokenizers.read(dir);
        int code = run("tokenize", "--tokenizer", path("tokenizer.json"), "--json", path("out"), "to be", "or ü");
        assertEquals(0, code, err::toString);
        JsonNode facts = JSON.readTree(Files.readString(dir.resolve("out")));
        assertArrayEquals(tokenizer.encode("to be or ü"), JSON.convertValue(facts.get("ids"), int[].class));
        assertTrue(err.toString().startsWith("11 bytes, "), err.toString());
        String ids = out.toString().strip();
        Files.writeString(dir.resolve("ids"), ids);
        assertEquals(0, run("tokenize", "--tokenizer", dir.toString(), "--decode", "--file", path("ids")));
        assertEquals("to be or ü", out.toString());
        assertEquals(0, run("tokenize", "--tokenizer", dir.toString(), "--pieces", "--start", "a\n"));
        int first = tokenizer.startOfText().length > 0 ? 1 : 'a';
        assertTrue(out.toString().startsWith(first + "\t"), out.toString());
        assertEquals(0, run("tokenize", "--tokenizer", "byte", "--count", "--repeat", "3", "--file", path("text.txt")));
        assertEquals("", out.toString());
    }

    @Test
    void aModelIsTrainedWithIt() throws IOException {
        make("tokenizer.json", "290", "sentencepiece");
        byte[] json = Files.readAllBytes(dir.resolve("tokenizer.json"));
        assertEquals(0, train("model", "--steps", "3", "--tokenizer", path("tokenizer.json")), err::toString);
        assertArrayEquals(json, Files.readAllBytes(dir.resolve("model/tokenizer.json")));
        Checkpoint checkpoint = Checkpoint.open(dir.resolve("model"));
        assertEquals(
                JsonTokenizer.parse("", json).name(), checkpoint.tokenizer().name());
        assertEquals(
                checkpoint.tokenizer().vocabularySize(), checkpoint.config().vocabSize());
        assertEquals(1, checkpoint.config().bosTokenId());
        assertEquals(2, checkpoint.config().eosTokenId());

        String[] generate = {"generate", "--model", path("model"), "--prompt", "to be", "--max-tokens", "5"};
        assertEquals(0, run(generate), err::toString);
        assertEquals(0, run("eval", "--model", path("model"), "--text", path("text.txt")), err::toString);
        assertEquals(0, run("tokenize", "--tokenizer", path("model"), "to be"), err::toString);
        assertEquals(0, train("model", "--resume"), err::toString);
        assertEquals(0, train("tuned", "--steps", "1", "--init", path("model")), err::toString);
        assertArrayEquals(json, Files.readAllBytes(dir.resolve("tuned/tokenizer.json")));
    }

    @Test
    void whatDoesNotFitIsNamed() throws IOException {
        make("small.json", "265", "byte-level");
        make("large.json", "280", "byte-level");
        assertEquals(0, train("model", "--steps", "1", "--tokenizer", path("small.json")), err::toString);
        assertEquals(1, train("model", "--resume", "--tokenizer", path("large.json")));
        assertTrue(err.toString().contains("vocab_size: expected at least 280"), err.toString());
        assertEquals(1, train("other", "--steps", "1", "--init", path("model"), "--tokenizer", path("large.json")));
        Files.copy(dir.resolve("large.json"), dir.resolve("model/other.json"));
        Files.move(
                dir.resolve("model/other.json"),
                dir.resolve("model/tokenizer.json"),
                StandardCopyOption.REPLACE_EXISTING);
        assertEquals(1, run("generate", "--model", path("model"), "--prompt", "x"));
        assertTrue(err.toString().contains("trained with"), err.toString());
        Files.writeString(dir.resolve("bad.json"), "{\"model\":{\"type\":\"Unigram\",\"vocab\":[]}}");
        assertEquals(1, run("tokenize", "--tokenizer", path("bad.json"), "x"));
        assertTrue(err.toString().contains("ai.djl.huggingface:tokenizers:"), err.toString());
        assertEquals(1, run("tokenize", "--tokenizer", path("small.json"), "--decode", "999"));
        assertEquals(1, run("tokenize", "--tokenizer", path("small.json"), "--decode", "x"));
        assertEquals(1, run("tokenize", "--tokenizer", path("nowhere.json"), "x"));
        assertEquals(2, run("tokenizer"));
        assertEquals(
                8, err.toString().lines().filter(l -> l.startsWith("ttt: ")).count(), err.toString());
        assertNotEquals(0, Files.size(dir.resolve("small.json")));
    }

    private int train(String name, String... more) {
        List<String> args = new ArrayList<>(List.of("train", "--text", path("text.txt"), "--out", path(name)));
        if (!List.of(more).contains("--init") && !List.of(more).contains("--resume")) {
            args.addAll(List.of("--hidden", "16", "--heads", "2", "--layers", "1", "--mini-batch", "4"));
        }
        if (!List.of(more).contains("--resume")) {
            args.addAll(List.of("--context", "8", "--batch", "2"));
        }
        args.addAll(List.of(more));
        return run(args.toArray(new String[0]));
    }
}
