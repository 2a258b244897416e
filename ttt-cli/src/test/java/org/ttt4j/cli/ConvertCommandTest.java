package org.ttt4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From a file of the JAX code to blocks on the disk, and a look at the result. */
class ConvertCommandTest {

    private static final Path MODEL = Path.of("../ttt-models/src/test/resources/golden-jax/linear_tf_mb16");

    private final Cli cli = new Cli();

    @TempDir
    Path dir;

    @Test
    void fromTheJaxCodeToBlocks() throws IOException {
        Path in = MODEL.resolve("bf16/streaming_train_state");
        Path json = dir.resolve("out.jsonl");
        Path jax = MODEL.resolve("jax_config.json");
        int code = cli.run(
                "convert",
                in,
                dir.resolve("a"),
                "--config",
                jax + ",rope_theta=10000.0",
                "--shard-size",
                "20KB",
                "--json",
                json);
        assertEquals(0, code, cli::err);
        JsonNode facts = new ObjectMapper().readTree(Files.readString(json));
        assertEquals(38, facts.get("tensors").asInt());
        assertEquals(38, facts.get("types_read").get("BF16").asInt());
        assertEquals(0, facts.get("largest_error").asDouble());
        assertTrue(facts.get("files").size() > 3, facts.toString());
        assertTrue(cli.out().contains("rounding error  none"), cli.out());

        assertEquals(0, cli.run("convert", dir.resolve("a"), dir.resolve("b"), "--dtype", "q8_0"), cli::err);
        assertTrue(Files.readString(dir.resolve("b/config.json")).contains("q8_0"));
        assertEquals(0, cli.run("verify", "--model", dir.resolve("b")), cli::out);
        assertTrue(cli.out().contains("38 parameters"), cli.out());
        assertTrue(cli.out().contains("verdict: nothing is wrong"), cli.out());
    }

    @Test
    void wrongUsageIsOneLine() {
        Path in = MODEL.resolve("bf16/streaming_params");
        assertEquals(1, cli.run("convert", in, dir.resolve("a")));
        assertEquals(1, cli.run("convert", in, dir.resolve("a"), "--config", "125m-TTT"));
        assertEquals(1, cli.run("convert", in, dir.resolve("a"), "--config", "125q-TTT"));
        assertEquals(1, cli.run("convert", MODEL, dir.resolve("a"), "--shard-size", "big"));
        assertEquals(2, cli.run("convert", MODEL, dir.resolve("a"), "--dtype", "int4"));
        assertEquals(2, cli.run("verify"));
        assertEquals(2, cli.run("verify", MODEL, "--model", MODEL));
        assertTrue(Files.notExists(dir.resolve("a")));
    }
}
