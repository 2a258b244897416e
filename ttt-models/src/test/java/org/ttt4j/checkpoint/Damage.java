package org.ttt4j.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.ttt4j.config.ModelConfig;
import org.ttt4j.lm.CausalLM;
import org.ttt4j.param.Param;
import org.ttt4j.safetensors.StoredWeights;
import org.ttt4j.safetensors.TensorInfo;
import org.ttt4j.safetensors.TensorSource;
import org.ttt4j.tensor.TttException;

/** Damages files, and checks what is made of them: well-shaped tensors or the one exception, soon, with little memory. */
public final class Damage {

    /** Heap that a reader may use beyond a multiple of the file. */
    private static final long ROOM = 4 << 20;

    private static final com.sun.management.ThreadMXBean MEMORY =
            (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final Random random;
    private int files;
    private int readable;
    private long slowest;

    public Damage(long seed) {
        random = new Random(seed);
    }

    /** How many damaged files there were. */
    public int files() {
        return files;
    }

    /** How many of them could still be read. */
    public int readable() {
        return readable;
    }

    /** Flips bits of some of the bytes between two places. */
    public byte[] flipped(byte[] good, int from, int to) {
        byte[] bad = good.clone();
        for (int edits = 1 + random.nextInt(3); edits > 0; edits--) {
            bad[from + random.nextInt(to - from)] ^= (byte) (1 << random.nextInt(8));
        }
        return bad;
    }

    public byte[] cut(byte[] good) {
        return Arrays.copyOf(good, random.nextInt(good.length));
    }

    /** Puts a length that is a lie somewhere between two places. */
    public byte[] lying(byte[] good, int from, int to) {
        byte[] bad = good.clone();
        int at = from + random.nextInt(to - from);
        byte[] lie = {(byte) (random.nextBoolean() ? 0xff : 0x7f), -1, -1, -1, -1, -1, -1, 0x7f};
        System.arraycopy(lie, 0, bad, at, Math.min(List.of(1, 2, 4, 8).get(random.nextInt(4)), bad.length - at));
        return bad;
    }

    /** Repeats or removes a part. */
    public byte[] spliced(byte[] good, int from, int to) {
        int a = from + random.nextInt(to - from);
        int b = from + random.nextInt(to - from);
        byte[] bad = Arrays.copyOf(good, a + good.length - b);
        System.arraycopy(good, b, bad, a, good.length - b);
        return bad;
    }

    /** Writes some of a word over another one. */
    public byte[] replaced(byte[] good, Map<String, String> words) {
        String text = new String(good, StandardCharsets.ISO_8859_1);
        List<String> present =
                words.keySet().stream().filter(text::contains).sorted().toList();
        String word = present.get(random.nextInt(present.size()));
        int at = text.indexOf(word, random.nextInt(text.length()));
        at = at < 0 ? text.indexOf(word) : at;
        return (text.substring(0, at) + words.get(word) + text.substring(at + word.length()))
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    /**
     * Reads all of a damaged checkpoint.
     *
     * @param file the one that was damaged; its bytes are put there
     * @param checkpoint by which the weights are opened
     */
    public void read(Path file, byte[] bytes, Path checkpoint, ModelConfig config) {
        write(file, bytes);
        files++;
        long start = System.nanoTime();
        long before = MEMORY.getCurrentThreadAllocatedBytes();
        try (TensorSource source = Checkpoint.open(checkpoint, config).source()) {
            StoredWeights weights = Checkpoint.weights(source, config);
            for (TensorInfo info : source.tensors().values()) {
                if (info.dtype().isFloating()) {
                    float[] values = new float[Math.toIntExact(info.count())];
                    source.read(info, 0, values, 0, values.length);
                }
            }
            List<Param> params = CausalLM.of(config).params();
            weights.check(params);
            for (Param p : params) {
                float[] values = new float[Math.toIntExact(p.count())];
                weights.values(p).read(0, values, 0, values.length);
                for (float x : values) {
                    assertTrue(Float.isFinite(x));
                }
            }
            assertEquals(params.get(0).count(), weights.read(params.get(0)).length());
            readable++;
        } catch (TttException e) {
            assertTrue(e.getMessage() != null && e.getMessage().length() < 5000, e.getMessage());
        }
        long used = MEMORY.getCurrentThreadAllocatedBytes() - before;
        assertTrue(used < ROOM + 40L * bytes.length, "used " + used + " bytes for a file of " + bytes.length);
        slowest = Math.max(slowest, System.nanoTime() - start);
        assertTrue(slowest < 1_000_000_000L, "took " + slowest + " ns");
    }

    private static void write(Path file, byte[] bytes) {
        try {
            Files.write(file, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
