package org.ttt4j.jax;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ttt4j.checkpoint.Damage;
import org.ttt4j.config.ModelConfig;
import org.ttt4j.tensor.TttException;

/** Damaged checkpoints of the JAX code. */
class BrokenJaxFilesTest {

    private static final Path MODEL = Path.of("src/test/resources/golden-jax/linear_tf_mb16");

    private static final Map<String, String> WORDS = Map.of(
            "float", "floaT", "model", "modem", "params", "step", "kernel", "bias", "ln_f", "", "wq", "wk", "h", "hh");

    private static final String[] VALUES = {
        "null",
        "true",
        "-1",
        "0",
        "3",
        "2147483648",
        "99999999999999999999",
        "1e400",
        "0.5",
        "\"\"",
        "\"ttt_mlp\"",
        "[]",
        "{}"
    };

    @TempDir
    Path dir;

    private final ModelConfig config = ModelConfig.read(MODEL.resolve("config.json"));

    /** Damage to heads and to values of every variant. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "bf16/streaming_params",
                "bf16/streaming_params_chunked",
                "bf16/streaming_train_state",
                "f32/streaming_params_oldspec",
                "f32/flax_params"
            })
    void damaged(String variant) throws IOException {
        byte[] good = Files.readAllBytes(MODEL.resolve(variant));
        Path file = dir.resolve("checkpoint");
        int[] heads = heads(MODEL.resolve(variant));
        Damage damage = new Damage(variant.hashCode());
        damage.read(file, good, file, config);
        assertEquals(1, damage.readable());
        Random random = new Random(1);
        for (int i = 0; i < 40; i++) {
            int head = heads[random.nextInt(heads.length)];
            int from = Math.max(0, head - 40);
            damage.read(file, damage.flipped(good, from, head), file, config);
            damage.read(file, damage.lying(good, from, head), file, config);
            damage.read(file, damage.spliced(good, from, head), file, config);
            damage.read(file, damage.cut(good), file, config);
            damage.read(file, damage.replaced(good, WORDS), file, config);
            damage.read(file, damage.flipped(good, 0, good.length), file, config);
        }
        assertTrue(damage.files() > 240 && damage.readable() < damage.files() / 2, damage.readable() + " readable");
    }

    /** Where the arrays' values begin: what stands before them are heads. */
    private static int[] heads(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            return JaxReader.read(channel, "heads").values().stream()
                    .flatMap(array -> array.parts().stream())
                    .mapToInt(part -> (int) part.position())
                    .toArray();
        }
    }

    @Test
    void absurd() {
        Damage damage = new Damage(3);
        Path file = dir.resolve("checkpoint");
        byte[] nested = new byte[400_000];
        for (int code : List.of(0x81, 0x91, 0x92, 0xdf, 0xdd, 0xc6, 0xc9, 0xdb, 0xc1, 0x00, 0xc7, 0xde, 0xdc)) {
            Arrays.fill(nested, (byte) code);
            damage.read(file, nested, file, config);
            damage.read(file, Arrays.copyOf(nested, 1), file, config);
        }
        byte[] maps = new byte[300_000];
        for (int i = 0; i < maps.length; i += 3) {
            maps[i] = (byte) 0x81;
            maps[i + 1] = (byte) 0xa1;
            maps[i + 2] = 'a';
        }
        damage.read(file, maps, file, config);
        damage.read(file, new byte[0], file, config);
        // A record that claims an array of 2^40 values, or chunks without number.
        for (String head : List.of(
                "92 92 a5 6d6f64656c a1 61 c4 1b c7 18 01 93 92 cf 0000010000000000 01 a7 666c6f61743332 c4 00",
                "92 92 a5 6d6f64656c a1 61 c6 ffffffff c9 fffffff0 01 93",
                "92 92 a5 6d6f64656c a1 61 c4 10 c7 0d 01 93 dd 7fffffff",
                "92 dd 7fffffff a5 6d6f64656c",
                "92 92 a5 6d6f64656c db 7fffffff",
                "df 7fffffff a1 61 80")) {
            damage.read(file, hex(head), file, config);
        }
        assertEquals(0, damage.readable());
    }

    /** Every key of a configuration with every kind of value. */
    @Test
    void configurations() throws IOException {
        ObjectMapper json = new ObjectMapper();
        ObjectNode keys = (ObjectNode) json.readTree(Files.readString(MODEL.resolve("jax_config.json")));
        Path file = dir.resolve("jax_config.json");
        int parsed = 0;
        for (Map.Entry<String, JsonNode> key : keys.properties()) {
            for (String value : VALUES) {
                String text = keys.deepCopy().put(key.getKey(), "#").toString().replace("\"#\"", value);
                Files.writeString(file, text);
                try {
                    assertTrue(GivenConfig.of(List.of(file.toString())).parameterCount() > 0, text);
                    parsed++;
                } catch (TttException e) {
                    assertTrue(e.getMessage().contains("jax_config.json"), e.getMessage());
                }
            }
        }
        assertTrue(parsed > 20 && parsed < keys.size() * VALUES.length / 2, parsed + " parsed");
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text.replace(" ", ""));
    }
}
