package org.ttt4j.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.ttt4j.config.Backbone;
import org.ttt4j.config.ModelConfig;
import org.ttt4j.config.TTTConfig;
import org.ttt4j.execution.Execution;
import org.ttt4j.lm.CausalLM;
import org.ttt4j.lm.LanguageModel;
import org.ttt4j.param.Param;
import org.ttt4j.param.WeightSource;
import org.ttt4j.safetensors.SafetensorsFile;
import org.ttt4j.safetensors.SafetensorsWriter;
import org.ttt4j.tensor.TttException;
import org.ttt4j.tokenizer.ByteTokenizer;

class CheckpointTest {

    private static final Execution FLOAT = Execution.reference(DataType.FLOAT);

    @TempDir
    Path dir;

    static TTTConfig config(int hidden) {
        return TTTConfig.preset("tiny")
                .with(Map.of(
                        "hidden_size", hidden,
                        "intermediate_size", 24,
                        "num_hidden_layers", 1,
                        "num_attention_heads", 2,
                        "mini_batch_size", 4))
                .withBackbone(Backbone.MAMBA);
    }

    /** A checkpoint whose seed tells which one it is. */
    static void save(Path directory, TTTConfig config, long seed, DataType type) {
        Execution execution = Execution.reference(type);
        try (LanguageModel<?> model = LanguageModel.open(CausalLM.of(config), WeightSource.init(seed), execution)) {
            Environment environment = Environment.of(model.executor());
            Checkpoint.save(
                    directory, config, new ByteTokenizer(), model, new Provenance(seed, 3, 300, "abc", environment));
        }
    }

    /** Opens and loads a checkpoint; checks that configuration, weights and provenance belong together. */
    private static long seedOfWhole(Path directory) {
        Checkpoint checkpoint = Checkpoint.open(directory);
        long seed = checkpoint.provenance().orElseThrow().seed();
        try (LanguageModel<?> model = checkpoint.load(FLOAT)) {
            Param embedding = model.lm().params().get(0);
            INDArray expected = WeightSource.init(seed).read(embedding);
            assertEquals(expected, model.weight(embedding).castTo(DataType.FLOAT));
        }
        return seed;
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT", "DOUBLE"})
    void whatIsSavedIsLoaded(DataType type) {
        save(dir.resolve("a/b"), config(16), 7, type);
        Checkpoint checkpoint = Checkpoint.open(dir.resolve("a/b"));
        assertEquals("byte", checkpoint.tokenizer().name());
        assertEquals(256, checkpoint.config().eosTokenId());
        Provenance provenance = checkpoint.provenance().orElseThrow();
        assertEquals(new Provenance(7, 3, 300, "abc", provenance.environment()), provenance);
        assertTrue(provenance.environment().kernel().startsWith("reference"), provenance.toString());
        assertEquals(7, seedOfWhole(dir.resolve("a/b")));
        try (SafetensorsFile file = SafetensorsFile.open(dir.resolve("a/b/model.safetensors"))) {
            assertEquals("pt", file.metadata().get("format"));
            assertTrue(file.tensors().values().stream().allMatch(t -> t.dtype().dataType() == type));
            assertEquals(
                    config(16).parameterCount(),
                    file.tensors().values().stream().mapToLong(t -> t.count()).sum());
        }
    }

    @Test
    void theAuthorsCheckpointsLoad() throws URISyntaxException {
        Path golden = Path.of(getClass().getResource("/golden/linear_tf_mb4").toURI());
        Checkpoint checkpoint = Checkpoint.open(golden);
        assertTrue(checkpoint.provenance().isEmpty());
        checkpoint.load(FLOAT).close();
        TttException e = assertThrows(TttException.class, checkpoint::tokenizer);
        assertTrue(e.getMessage().contains("tokenizer"), e.getMessage());
    }

    @Test
    void everythingThatDoesNotFitIsListedAtOnce() {
        save(dir, config(16), 1, DataType.FLOAT);
        Map<String, INDArray> weights = weights();
        weights.put("model.layers.9.b1", weights.remove("model.layers.0.seq_modeling_block.b1"));
        weights.put("model.norm.weight", weights.get("model.norm.weight").reshape(4, 4));
        SafetensorsWriter.write(dir.resolve("model.safetensors"), weights, Map.of());
        Checkpoint checkpoint = Checkpoint.open(dir);
        TttException e = assertThrows(TttException.class, () -> checkpoint.load(FLOAT));
        for (String part : List.of(
                "missing (1): model.layers.0.seq_modeling_block.b1",
                "unexpected (1): model.layers.9.b1",
                "mis-shaped (1): model.norm.weight")) {
            assertTrue(e.getMessage().contains(part), e.getMessage());
        }
    }

    @Test
    void aTiedHeadMayBeStoredTwice() {
        save(dir, config(16), 1, DataType.FLOAT);
        Map<String, INDArray> weights = weights();
        weights.put("lm_head.weight", weights.get("model.embed_tokens.weight"));
        SafetensorsWriter.write(dir.resolve("model.safetensors"), weights, Map.of());
        Checkpoint.open(dir).load(FLOAT).close();
    }

    private Map<String, INDArray> weights() {
        Map<String, INDArray> weights = new LinkedHashMap<>();
        try (SafetensorsFile file = SafetensorsFile.open(dir.resolve("model.safetensors"))) {
            file.tensors().keySet().forEach(key -> weights.put(key, file.read(key)));
        }
        return weights;
    }

    @Test
    void badDirectoriesAreNamed() throws IOException {
        Path nowhere = dir.resolve("nowhere");
        assertTrue(assertThrows(TttException.class, () -> Checkpoint.open(nowhere))
                .getMessage()
                .contains("nowhere"));
        assertTrue(assertThrows(TttException.class, () -> Checkpoint.open(dir))
                .getMessage()
                .contains("model.safetensors"));
        save(dir, config(16), 1, DataType.FLOAT);
        Files.delete(dir.resolve("config.json"));
        assertTrue(assertThrows(TttException.class, () -> Checkpoint.open(dir))
                .getMessage()
                .contains("config.json"));
    }

    @Test
    void aSmallerVocabularyThanTheTokenizersIsAnError() {
        save(dir, config(16).with(Map.of("vocab_size", 300)), 1, DataType.FLOAT);
        assertEquals("byte", Checkpoint.open(dir).tokenizer().name());
        ModelConfig small =
                Checkpoint.open(dir).config().with(Map.of("vocab_size", 200, "bos_token_id", 1, "eos_token_id", 1));
        small.write(dir.resolve("config.json"));
        assertThrows(TttException.class, Checkpoint.open(dir)::tokenizer);
    }

    /** Every state that the directory goes through when a checkpoint of another size replaces one. */
    @Test
    void everyMomentOfASaveIsACheckpoint() throws IOException {
        Path next = dir.resolve("next");
        save(dir, config(16), 1, DataType.FLOAT);
        save(next, config(32), 2, DataType.FLOAT);

        Files.copy(next.resolve("config.json"), dir.resolve("config.next.json"));
        assertEquals(1, seedOfWhole(dir));
        Files.copy(
                next.resolve("model.safetensors"),
                dir.resolve("model.safetensors"),
                StandardCopyOption.REPLACE_EXISTING);
        assertEquals(2, seedOfWhole(dir));

        // Whatever is saved over such a rest, another configuration, the old one or the waiting one, is whole again.
        save(dir, config(24), 3, DataType.FLOAT);
        assertEquals(3, seedOfWhole(dir));
        save(dir, config(24), 4, DataType.FLOAT);
        assertEquals(4, seedOfWhole(dir));
        assertFalse(Files.exists(dir.resolve("config.next.json")));
        assertEquals(24, TTTConfig.read(dir.resolve("config.json")).hiddenSize());
    }

    @Test
    void aFailureLeavesTheOldCheckpoint() throws IOException {
        save(dir, config(16), 1, DataType.FLOAT);
        Files.createDirectory(dir.resolve("config.next.json"));
        Files.createFile(dir.resolve("config.next.json").resolve("in the way"));
        assertThrows(TttException.class, () -> save(dir, config(32), 2, DataType.FLOAT));
        Files.delete(dir.resolve("config.next.json").resolve("in the way"));
        Files.delete(dir.resolve("config.next.json"));
        assertEquals(1, seedOfWhole(dir));
        try (Stream<Path> files = Files.list(dir)) {
            assertEquals(2, files.count());
        }
    }

    @Test
    void aKilledProcessLeavesAWholeCheckpoint() throws IOException, InterruptedException {
        save(dir, config(16), 0, DataType.FLOAT);
        Process saver = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Saver.class.getName(),
                        dir.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (seed() < 3 && saver.isAlive() && System.nanoTime() < deadline) {
            Thread.sleep(5);
        }
        saver.destroyForcibly().waitFor();
        assertTrue(seedOfWhole(dir) >= 3);
    }

    private long seed() {
        try (SafetensorsFile file = SafetensorsFile.open(dir.resolve("model.safetensors"))) {
            return file.metadata().get("ttt4j").startsWith("{\"seed\":0,") ? 0 : 3;
        }
    }

    /** Saves models of two sizes in turns until it is killed. */
    static final class Saver {

        public static void main(String[] args) {
            for (int seed = 3; ; seed++) {
                save(Path.of(args[0]), config(seed % 2 == 0 ? 16 : 32), seed, DataType.FLOAT);
            }
        }
    }
}
