package org.ttt4j.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.ttt4j.io.AtomicFiles;
import org.ttt4j.safetensors.DType;
import org.ttt4j.safetensors.SafetensorsWriter;
import org.ttt4j.safetensors.TensorEntry;
import org.ttt4j.safetensors.TensorSource;
import org.ttt4j.tensor.TttException;

/** Stopped or killed at any byte, whoever writes a checkpoint leaves the old one. */
class InterruptedSaveTest {

    private static final int WHOLE = 64 * Float.BYTES;

    @TempDir
    Path dir;

    /** What a killed save leaves: the waiting configuration, or not yet, and a part of the weights beside the old ones. */
    @Test
    void killedAtAnyByte() throws IOException {
        Path old = dir.resolve("old");
        CheckpointTest.save(old, CheckpointTest.config(16), 1, DataType.FLOAT);
        Path next = dir.resolve("next");
        CheckpointTest.save(next, CheckpointTest.config(24), 2, DataType.FLOAT);
        byte[] oldWeights = Files.readAllBytes(old.resolve("model.safetensors"));
        byte[] weights = Files.readAllBytes(next.resolve("model.safetensors"));
        byte[] config = Files.readAllBytes(next.resolve("config.json"));
        for (int n = 0; n <= config.length; n += 7) {
            Files.write(old.resolve(".config.next.json.x.atomic.tmp"), Arrays.copyOf(config, n));
            assertOld(old, oldWeights);
        }
        Files.write(old.resolve("config.next.json"), config);
        for (int n = 0; n <= weights.length; n += n < 5000 ? 61 : 997) {
            Files.write(old.resolve(".model.safetensors.x.atomic.tmp"), Arrays.copyOf(weights, n));
            assertOld(old, oldWeights);
        }
        Files.write(old.resolve("model.safetensors"), weights);
        assertEquals(24, Checkpoint.open(old).config().hiddenSize());
    }

    private static void assertOld(Path directory, byte[] weights) throws IOException {
        Checkpoint checkpoint = Checkpoint.open(directory);
        assertEquals(16, checkpoint.config().hiddenSize());
        assertEquals(1, checkpoint.provenance().orElseThrow().seed());
        assertArrayEquals(weights, Files.readAllBytes(directory.resolve("model.safetensors")));
        try (TensorSource source = checkpoint.source()) {
            assertEquals(16, source.read("model.norm.weight").length());
        }
    }

    /** A disk that is full after any byte. */
    @Test
    void failedAtAnyByte() throws IOException {
        Path file = dir.resolve("model.safetensors");
        SafetensorsWriter.write(file, List.of(tensor(WHOLE)), Map.of());
        byte[] old = Files.readAllBytes(file);
        for (int n = 0; n < WHOLE; n++) {
            TensorEntry broken = tensor(n);
            TttException e = assertThrows(
                    TttException.class, () -> SafetensorsWriter.write(file, List.of(broken), Map.of("new", "one")));
            assertTrue(e.getMessage().contains("model.safetensors"), e.getMessage());
            assertArrayEquals(old, Files.readAllBytes(file));
        }
        try (Stream<Path> files = Files.list(dir)) {
            assertEquals(List.of(file), files.toList());
        }
    }

    /** 64 zeros, or so many bytes of them and then a failure. */
    private static TensorEntry tensor(int bytes) {
        return new TensorEntry("x", DType.F32, new long[] {64}, out -> {
            AtomicFiles.writeFully(out, ByteBuffer.allocate(bytes));
            if (bytes < WHOLE) {
                throw new IOException("disk full");
            }
        });
    }
}
