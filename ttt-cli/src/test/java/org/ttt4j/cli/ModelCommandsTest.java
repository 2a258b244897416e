package org.ttt4j.cli;

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
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ttt4j.checkpoint.Checkpoint;
import org.ttt4j.checkpoint.Environment;
import org.ttt4j.checkpoint.Provenance;
import org.ttt4j.config.Backbone;
import org.ttt4j.config.TTTConfig;
import org.ttt4j.execution.Execution;
import org.ttt4j.lm.CausalLM;
import org.ttt4j.lm.LanguageModel;
import org.ttt4j.param.WeightSource;
import org.ttt4j.tokenizer.ByteTokenizer;
import picocli.CommandLine;

/** The commands that use a trained model, on one that is not trained. */
class ModelCommandsTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final TTTConfig CONFIG = TTTConfig.preset("tiny")
            .with(Map.of("hidden_size", 16, "num_attention_heads", 2, "intermediate_size", 24, "mini_batch_size", 4))
            .withBackbone(Backbone.MAMBA);

    @TempDir
    private static Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeAll
    static void saveModel() throws IOException {
        WeightSource init = WeightSource.init(3);
        try (LanguageModel<?> model =
                LanguageModel.open(CausalLM.of(CONFIG), p -> init.read(p).mul(8), Execution.fused())) {
            Provenance provenance = new Provenance(3, 0, 0, "", Environment.of(model.executor()));
            Checkpoint.save(directory, CONFIG, new ByteTokenizer(), model, provenance);
        }
        Files.writeString(directory.resolve("text.txt"), "All that glitters is not gold. ".repeat(10));
    }

    private int run(String command, String... options) {
        CommandLine ttt = Ttt.commandLine();
        ttt.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return Ttt.run(
                ttt, Stream.concat(Stream.of(command), Stream.of(options)).toArray(String[]::new));
    }

    private static String path(String name) {
        return directory.resolve(name).toString();
    }

    private List<JsonNode> results(String command, String... options) throws IOException {
        Path file = directory.resolve("out.jsonl");
        String[] common = {command, "--json", file.toString(), "--model", directory.toString()};
        CommandLine ttt = Ttt.commandLine();
        ttt.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        int code = Ttt.run(
                ttt, Stream.concat(Stream.of(common), Stream.of(options)).toArray(String[]::new));
        assertEquals(0, code, err::toString);
        try (Stream<String> lines = Files.lines(file)) {
            return lines.map(ModelCommandsTest::parse).toList();
        }
    }

    private static JsonNode parse(String line) {
        try {
            return JSON.readTree(line);
        } catch (IOException e) {
            throw new AssertionError(line, e);
        }
    }

    @Test
    void generateWritesOneText() throws IOException {
        JsonNode g = results("generate", "--prompt", "To be", "--max-tokens", "20", "--endless")
                .get(0);
        assertEquals(20, g.get("tokens").asInt());
        assertEquals(5, g.get("prompt_tokens").asInt());
        assertEquals("length", g.get("finish").asText());
        assertEquals(g.get("text").asText() + System.lineSeparator(), out.toString());
        assertTrue(err.toString().startsWith("read 5 tokens ("), err.toString());
    }

    @Test
    void generateWritesBatches() throws IOException {
        Path prompt = Files.writeString(directory.resolve("prompt.txt"), "from a file");
        List<JsonNode> all = results(
                "generate",
                "--prompt",
                "a",
                "--prompt",
                "bcd",
                "--prompt-file",
                prompt.toString(),
                "--samples",
                "2",
                "--max-tokens",
                "9",
                "--seed",
                "5",
                "--endless");
        assertEquals(6, all.size());
        assertEquals("from a file", all.get(5).get("prompt").asText());
        assertEquals(6, all.get(5).get("seed").asLong());
        JsonNode alone = results("generate", "--prompt", "bcd", "--max-tokens", "9", "--seed", "6", "--endless")
                .get(0);
        assertEquals(alone.get("ids"), all.get(3).get("ids"), "the neighbours do not matter");
        assertNotEquals(all.get(2).get("ids"), all.get(3).get("ids"));
    }

    @Test
    void generateGoesOnFromAStateFile() throws IOException {
        String state = path("state.safetensors");
        String[] greedy = {"--temperature", "0", "--endless", "--max-tokens"};
        List<JsonNode> whole =
                results("generate", "--prompt", "Hello", "--temperature", "0", "--endless", "--max-tokens", "12");
        results("generate", "--prompt", "Hello", "--state-out", state, greedy[0], greedy[1], greedy[2], greedy[3], "5");
        JsonNode rest = results("generate", "--state-in", state, greedy[0], greedy[1], greedy[2], greedy[3], "7")
                .get(0);
        assertEquals(1, rest.get("prompt_tokens").asInt(), "nothing is read again");
        for (int i = 0; i < 7; i++) {
            assertEquals(whole.get(0).get("ids").get(5 + i), rest.get("ids").get(i), "token " + i);
        }
        List<JsonNode> forked = results(
                "generate", "--state-in", state, "--prompt", "x", "--prompt", "y", "--max-tokens", "3", "--endless");
        assertEquals(2, forked.size());
    }

    @Test
    void evalMeasures() throws IOException {
        JsonNode e =
                results("eval", "--text", path("text.txt"), "--context", "64").get(0);
        assertEquals(309, e.get("tokens").asLong());
        assertEquals(Math.exp(e.get("loss").asDouble()), e.get("perplexity").asDouble(), 1e-9);
        assertEquals(
                e.get("loss").asDouble() / Math.log(2), e.get("bits_per_byte").asDouble(), 1e-9);
        long counted = StreamSupport.stream(e.get("by_position").spliterator(), false)
                .mapToLong(range -> range.get("tokens").asLong())
                .sum();
        assertEquals(309, counted);
        assertEquals(64, e.get("by_position").get(6).get("to").asInt());
        assertTrue(out.toString().contains("33 to 64"), out.toString());
        assertTrue(Files.readString(directory.resolve("eval/loss-by-position.csv"))
                .startsWith("from,to,loss,tokens\n0,1,"));
    }

    @Test
    void evalCarriesTheState() throws IOException {
        JsonNode carried = results("eval", "--text", path("text.txt"), "--carry", "--out", path("carried"))
                .get(0);
        assertEquals(256, carried.get("by_position").get(9).get("from").asInt());
        JsonNode all =
                results("eval", "--text", path("text.txt"), "--carry", "all").get(0);
        assertEquals(all.get("loss").asDouble(), carried.get("loss").asDouble(), 1e-9, "one document");
        assertTrue(Files.exists(directory.resolve("carried/loss-by-position.csv")));
    }

    @Test
    void matricesCanBeRounded() throws IOException {
        String[] text = {"--text", path("text.txt"), "--context", "64", "--weights"};
        double exact = loss(text, "float32");
        assertNotEquals(exact, loss(text, "bfloat16"));
        assertNotEquals(exact, loss(text, "Q8_0"));
        assertEquals(exact, loss(text, "q8_0"), 0.05);
        results("generate", "--prompt", "a", "--max-tokens", "3", "--endless", "--weights", "q8_0");
        for (String[] other : new String[][] {{"--dtype", "float64"}, {"--kernel", "reference"}}) {
            String[] model = {"--model", directory.toString(), "--weights", "q8_0", other[0], other[1]};
            assertEquals(1, run("generate", model));
        }
        assertEquals(2, run("generate", "--model", directory.toString(), "--weights", "int4"));
        List<String> lines =
                err.toString().lines().filter(line -> line.startsWith("ttt: ")).toList();
        assertEquals("ttt: weights of the reference: expected float32, found q8_0", lines.get(0));
        assertEquals(lines.get(0), lines.get(1));
        assertTrue(lines.get(2).contains("[FLOAT32, BFLOAT16, Q8_0]"), lines.get(2));
    }

    private double loss(String[] text, String weights) throws IOException {
        String[] options = Stream.concat(Stream.of(text), Stream.of(weights)).toArray(String[]::new);
        return results("eval", options).get(0).get("loss").asDouble();
    }

    @Test
    void evalShowsTheInnerLoss() throws IOException {
        JsonNode e = results("eval", "--text", path("text.txt"), "--context", "20", "--inner-loss")
                .get(0);
        assertEquals(2, e.get("inner_loss").size());
        assertTrue(e.get("inner_loss").get(1).get("start").asDouble() > 0);
        assertTrue(out.toString().contains("layer 1"), out.toString());
        assertEquals(
                1 + 2 * 20,
                Files.readAllLines(directory.resolve("eval/inner-loss.csv")).size());
    }

    @Test
    void infoComparesStateAndCache() throws IOException {
        JsonNode facts = results("info").get(0);
        long state = facts.get("state_bytes").get("2048").asLong();
        try (LanguageModel<?> model = Checkpoint.open(directory).load(Execution.fused())) {
            long held = model.newState(1).bytes(); // weights of such small heads are padded to whole vectors
            assertTrue(state <= held && held < 2 * state, held + " bytes");
        }
        assertEquals(
                2L * 2048 * 2 * 16 * 2,
                facts.get("kv_cache_bytes_float16").get("2048").asLong());
        assertEquals(
                2L * 32768 * 2 * 16 * 4,
                facts.get("kv_cache_bytes_float32").get("32768").asLong());
        assertTrue(out.toString().contains("32,768 tokens"), out.toString());
    }

    @Test
    void failuresAreOneLine() {
        assertEquals(1, run("generate", "--model", path("none"), "--prompt", "x"));
        assertEquals(1, run("generate", "--model", directory.toString(), "--top-p", "2"));
        assertEquals(1, run("generate", "--model", directory.toString(), "--state-in", path("text.txt")));
        assertEquals(1, run("eval", "--model", directory.toString(), "--text", path("none")));
        assertEquals(1, run("eval", "--model", directory.toString(), "--text", path("text.txt"), "--context", "0"));
        assertEquals(
                5,
                err.toString().lines().filter(line -> line.startsWith("ttt: ")).count(),
                err.toString());
        assertEquals(5, err.toString().lines().count(), err.toString());
    }
}
