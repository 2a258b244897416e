package org.ttt4j.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.ttt4j.config.TTTConfig;
import org.ttt4j.execution.Execution;
import org.ttt4j.lm.CausalLM;
import org.ttt4j.lm.LanguageModel;
import org.ttt4j.param.WeightSource;
import org.ttt4j.tensor.TttException;
import org.ttt4j.tokenizer.ByteTokenizer;
import org.ttt4j.tokenizer.Samples;
import org.ttt4j.tokenizer.Tokenizer;

class TokenizerFilesTest {

    private static final TTTConfig CONFIG = CheckpointTest.config(16).with(Map.of("vocab_size", 1300));
    private static final Tokenizer BYTE_LEVEL = Samples.tokenizer(Samples.BYTE_LEVEL);
    private static final Tokenizer PIECES = Samples.tokenizer(Samples.SENTENCEPIECE);

    @TempDir
    Path dir;

    private void save(Tokenizer tokenizer) {
        try (LanguageModel<?> model =
                LanguageModel.open(CausalLM.of(CONFIG), WeightSource.init(1), Execution.reference(DataType.FLOAT))) {
            Environment environment = Environment.of(model.executor());
            Checkpoint.save(dir, CONFIG, tokenizer, model, new Provenance(1, 0, 0, "", environment));
        }
    }

    private Path file() {
        return dir.resolve("tokenizer.json");
    }

    @Test
    void theFileIsKeptBesideTheWeights() throws IOException {
        save(PIECES);
        assertArrayEquals(PIECES.file().orElseThrow(), Files.readAllBytes(file()));
        Checkpoint checkpoint = Checkpoint.open(dir);
        assertEquals(PIECES.name(), checkpoint.tokenizer().name());
        assertEquals(1, checkpoint.config().bosTokenId());
        assertEquals(2, checkpoint.config().eosTokenId());
        save(BYTE_LEVEL);
        assertEquals(BYTE_LEVEL.name(), Checkpoint.open(dir).tokenizer().name());
        assertEquals(999, Checkpoint.open(dir).tokenizer().endOfText());
        assertFalse(Files.exists(dir.resolve("tokenizer.next.json")));
        save(new ByteTokenizer());
        assertEquals("byte", Checkpoint.open(dir).tokenizer().name(), "the file is another model's");
    }

    @Test
    void killedBeforeTheWeightsAreThereTheOldTokenizerCounts() throws IOException {
        save(PIECES);
        TokenizerFiles.write(dir, BYTE_LEVEL, false);
        assertEquals(PIECES.name(), Checkpoint.open(dir).tokenizer().name());
        save(PIECES);
        assertEquals(PIECES.name(), Checkpoint.open(dir).tokenizer().name());
    }

    @Test
    void killedBehindTheWeightsTheNewTokenizerCounts() throws IOException {
        save(PIECES);
        byte[] old = Files.readAllBytes(file());
        save(BYTE_LEVEL);
        // As if nothing had been moved to its place yet.
        Files.move(file(), dir.resolve("tokenizer.next.json"));
        Files.write(file(), old);
        assertEquals(BYTE_LEVEL.name(), Checkpoint.open(dir).tokenizer().name());
        save(BYTE_LEVEL);
        assertArrayEquals(BYTE_LEVEL.file().orElseThrow(), Files.readAllBytes(file()));
    }

    @Test
    void anotherFileIsRefused() throws IOException {
        save(PIECES);
        Files.write(file(), BYTE_LEVEL.file().orElseThrow());
        TttException e = assertThrows(TttException.class, Checkpoint.open(dir)::tokenizer);
        assertTrue(e.getMessage().contains(PIECES.name()), e.getMessage());
        Files.delete(file());
        e = assertThrows(TttException.class, Checkpoint.open(dir)::tokenizer);
        assertTrue(e.getMessage().endsWith("found none"), e.getMessage());
    }

    /** As other programs leave it: no key for the tokenizer. */
    @Test
    void aDirectoryFromElsewhereIsReadWithItsFile() throws IOException {
        save(PIECES);
        CONFIG.with(Map.of("eos_token_id", 1)).write(dir.resolve("config.json"));
        assertEquals(1, Checkpoint.open(dir).tokenizer().endOfText());
        CONFIG.with(Map.of("eos_token_id", 700)).write(dir.resolve("config.json"));
        assertEquals(2, Checkpoint.open(dir).tokenizer().endOfText(), "700 stands for text");
        Files.writeString(dir.resolve("tokenizer_config.json"), "{\"eos_token\":{\"content\":\"<unk>\"}}");
        assertEquals(0, Checkpoint.open(dir).tokenizer().endOfText());
        CONFIG.with(Map.of("vocab_size", 1199)).write(dir.resolve("config.json"));
        TttException e = assertThrows(TttException.class, Checkpoint.open(dir)::tokenizer);
        assertTrue(e.getMessage().contains("vocab_size: expected at least 1200"), e.getMessage());
    }
}
