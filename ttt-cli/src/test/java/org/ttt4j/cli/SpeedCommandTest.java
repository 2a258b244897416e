package org.ttt4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ttt4j.checkpoint.Checkpoint;
import org.ttt4j.checkpoint.Environment;
import org.ttt4j.checkpoint.Provenance;
import org.ttt4j.config.TTTConfig;
import org.ttt4j.execution.Execution;
import org.ttt4j.lm.CausalLM;
import org.ttt4j.lm.LanguageModel;
import org.ttt4j.param.WeightSource;
import org.ttt4j.tokenizer.ByteTokenizer;
import picocli.CommandLine;

class SpeedCommandTest {

    private static final List<String> FIELDS = List.of(
            "test",
            "logits",
            "mixer",
            "backbone",
            "length",
            "batch",
            "weights",
            "threads",
            "kernel",
            "jdk",
            "tokens_per_second",
            "ms",
            "roofline_percent",
            "gemm_gflops",
            "bandwidth_gbs",
            "rss_mib");

    @TempDir
    private Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... options) {
        CommandLine ttt = Ttt.commandLine();
        ttt.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return Ttt.run(
                ttt,
                Stream.concat(Stream.of("speed", "--seconds", "0"), Stream.of(options))
                        .toArray(String[]::new));
    }

    private List<JsonNode> rows(String... options) throws IOException {
        Path file = directory.resolve("rows.jsonl");
        int code = run(Stream.concat(Stream.of("--json", file.toString()), Stream.of(options))
                .toArray(String[]::new));
        assertEquals(0, code, err::toString);
        List<JsonNode> rows = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            rows.add(new ObjectMapper().readTree(line));
        }
        return rows;
    }

    private static List<String> texts(List<JsonNode> rows, String field) {
        return rows.stream().map(row -> row.get(field).asText()).toList();
    }

    @Test
    void everyTestIsARowWithAllFields() throws IOException {
        List<JsonNode> rows = rows(
                "--preset",
                "tiny",
                "--mixer",
                "ttt-mlp",
                "--prompt",
                "20",
                "--generate",
                "4",
                "--batch",
                "1,3",
                "--train",
                "9",
                "--threads",
                "2");
        assertEquals(List.of("pp", "pp", "tg", "tg", "tr"), texts(rows, "test"));
        assertEquals(List.of("all", "last", "last", "last", "all"), texts(rows, "logits"));
        assertEquals(List.of("20", "20", "4", "4", "9"), texts(rows, "length"));
        assertEquals(List.of("1", "1", "1", "3", "1"), texts(rows, "batch"));
        for (JsonNode row : rows) {
            List<String> fields = new ArrayList<>();
            row.fieldNames().forEachRemaining(fields::add);
            List<String> expected = new ArrayList<>(FIELDS);
            if (!Files.exists(Path.of("/proc/self/clear_refs"))) {
                expected.remove("rss_mib");
            }
            assertEquals(expected, fields);
            assertEquals("ttt-mlp", row.get("mixer").asText());
            assertEquals("mamba", row.get("backbone").asText());
            assertEquals("float32", row.get("weights").asText());
            assertEquals(2, row.get("threads").asInt());
            assertTrue(row.get("tokens_per_second").asDouble() > 0);
        }
        assertTrue(out.toString().contains("pp 20, logits: last"), out.toString());
        assertTrue(out.toString().contains("tg 4, batch 3"), out.toString());
        assertEquals("", err.toString());
    }

    @Test
    void severalValuesGiveSeveralModels() throws IOException {
        List<JsonNode> rows = rows(
                "--preset",
                "tiny",
                "--mixer",
                "ttt-linear,ttt-mlp",
                "--backbone",
                "mamba,transformer",
                "--kernel",
                "auto",
                "--prompt",
                "3",
                "--generate",
                "0",
                "--train",
                "0");
        assertEquals(2 * 2 * 2, rows.size());
        assertEquals(4, texts(rows, "mixer").stream().filter("ttt-mlp"::equals).count());
        assertEquals(
                4,
                texts(rows, "backbone").stream().filter("transformer"::equals).count());
        assertTrue(texts(rows, "kernel").stream().noneMatch("auto"::equals), "the kernel that ran is named");
    }

    @Test
    void positionsComeAfterReading() throws IOException {
        List<JsonNode> rows = rows(
                "--preset",
                "tiny",
                "--mixer",
                "ttt-linear",
                "--prompt",
                "0",
                "--generate",
                "4",
                "--batch",
                "2",
                "--train",
                "0",
                "--position",
                "40,0");
        assertEquals(2, rows.size());
        assertEquals(40, rows.get(1).get("position").asInt());
        assertTrue(out.toString().contains("tg 4, batch 2, at 40"), out.toString());
    }

    @Test
    void typesOfWeightsAreModelsToo() throws IOException {
        List<JsonNode> rows = rows(
                "--preset",
                "tiny",
                "--mixer",
                "ttt-linear",
                "--weights",
                "float32,q8_0",
                "--prompt",
                "0",
                "--generate",
                "2",
                "--batch",
                "1",
                "--train",
                "3");
        assertEquals(List.of("tg", "tr", "tg"), texts(rows, "test"), "only float32 can be trained");
        assertEquals(List.of("float32", "float32", "q8_0"), texts(rows, "weights"));
        assertTrue(out.toString().contains("q8_0 weights"), out.toString());
    }

    @Test
    void timesATrainedModel() throws IOException {
        TTTConfig config = TTTConfig.preset("tiny");
        try (LanguageModel<?> model =
                LanguageModel.open(CausalLM.of(config), WeightSource.init(3), Execution.fused())) {
            Provenance provenance = new Provenance(3, 0, 0, "", Environment.of(model.executor()));
            Checkpoint.save(directory, config, new ByteTokenizer(), model, provenance);
        }
        List<JsonNode> rows = rows("--model", directory.toString(), "--prompt", "5", "--generate", "0", "--train", "0");
        assertEquals(List.of("transformer", "transformer"), texts(rows, "backbone"));
        assertEquals(1, run("--model", directory.toString(), "--mixer", "ttt-mlp"));
        assertTrue(err.toString().contains("--model"), err.toString());
    }

    @Test
    void wrongOptionsAreOneLine() {
        assertEquals(1, run("--preset", "tiny", "--weights", "q8_0", "--kernel", "reference"));
        assertEquals(1, run("--preset", "tiny", "--prompt", "-1"));
        assertEquals(1, run("--preset", "tiny", "--batch", "0"));
        assertEquals(1, run("--preset", "nano"));
        assertEquals(2, run("--prompt", "x"));
        assertEquals(2, run("--weights", "float16"));
        assertTrue(err.toString().contains("reference: expected float32, found q8_0"), err.toString());
        assertTrue(err.toString().contains("[FLOAT32, BFLOAT16, Q8_0]"), err.toString());
        assertEquals(6, err.toString().lines().count(), err.toString());
    }
}
