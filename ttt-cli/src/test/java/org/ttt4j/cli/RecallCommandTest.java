package org.ttt4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecallCommandTest {

    private final Cli cli = new Cli();

    @Test
    void aRowAMixerAndALineATraining(@TempDir Path directory) throws IOException {
        Path json = directory.resolve("runs.jsonl");
        String words =
                "recall --mixer ttt-linear,attention --lr 1e-2 --length 8 --pairs 2 --batch 2 --steps 1 --seeds 2";
        int code = cli.run((Object[]) (words + " --json " + json).split(" "));
        assertEquals(0, code, cli::err);
        List<JsonNode> runs = Cli.json(json);
        assertEquals(4, runs.size());
        assertEquals("ttt-linear", runs.get(0).get("mixer").asText());
        assertEquals(2, runs.get(1).get("seed").asInt());
        List<String> lines = cli.out().lines().toList();
        assertEquals("recall of 2 pairs in 8 tokens, 1 steps of 2 texts", lines.get(0));
        assertTrue(lines.get(2).matches("mixer +state bytes +parameters +best rate +mean % +\\+/-"), lines.get(2));
        assertTrue(lines.get(4).matches("attention +\\d+ +\\d+ +1e-02 +\\d+\\.\\d +\\d+\\.\\d"), lines.get(4));
        assertEquals(5, lines.size());
        assertEquals(4, cli.err().lines().count());
    }

    @Test
    void nothingToTrainIsOneLine() {
        for (String option : List.of("--steps", "--batch", "--seeds", "--pairs")) {
            assertEquals(1, cli.run("recall", option, "0"), option);
        }
        assertEquals(4, cli.err().lines().count(), cli::err);
    }
}
