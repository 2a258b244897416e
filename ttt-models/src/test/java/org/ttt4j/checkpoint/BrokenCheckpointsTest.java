package org.ttt4j.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.ttt4j.config.LlamaConfig;
import org.ttt4j.config.MambaConfig;
import org.ttt4j.config.ModelConfig;
import org.ttt4j.config.TTTConfig;
import org.ttt4j.tensor.TttException;

/** Damaged safetensors files, indices and configurations. */
class BrokenCheckpointsTest {

    private static final String[] VALUES = {
        "null",
        "true",
        "false",
        "-1",
        "0",
        "1",
        "3",
        "2147483647",
        "2147483648",
        "9223372036854775807",
        "99999999999999999999999",
        "1e400",
        "-1e-400",
        "0.5",
        "\"\"",
        "\"ttt\"",
        "\"llama\"",
        "\"mamba\"",
        "\"mlp\"",
        "\"\\u0000\"",
        "[]",
        "[1]",
        "{}",
        "{\"type\":\"q8_0\"}"
    };

    private static final Map<String, String> WORDS = Map.of(
            "\"F32\"",
            "\"F64\"",
            "\"BF16\"",
            "\"F16\"",
            "\"I8\"",
            "\"U8\"",
            "[0,",
            "[4,",
            "weight",
            "bias",
            "model.layers.0",
            "model.layers.1",
            "shape",
            "shapf");

    @TempDir
    Path dir;

    private Path small;
    private TTTConfig config;

    @BeforeEach
    void save() {
        small = dir.resolve("small");
        config = CheckpointTest.config(16);
        CheckpointTest.save(dir.resolve("whole"), CheckpointTest.config(16), 1, DataType.FLOAT);
    }

    private void convert(StorageType type, long limit) {
        new Converter(type, limit, key -> {}).convert(Checkpoint.open(dir.resolve("whole")), small);
    }

    @ParameterizedTest
    @EnumSource(names = {"BFLOAT16", "Q8_0"})
    void safetensors(StorageType type) throws IOException {
        convert(type, Converter.SHARD_BYTES);
        Path file = small.resolve("model.safetensors");
        byte[] good = Files.readAllBytes(file);
        int header =
                8 + (int) ByteBuffer.wrap(good).order(ByteOrder.LITTLE_ENDIAN).getLong();
        Damage damage = new Damage(5);
        damage.read(file, good, small, config);
        assertEquals(1, damage.readable());
        for (int i = 0; i < 60; i++) {
            damage.read(file, damage.flipped(good, 0, header), small, config);
            damage.read(file, damage.flipped(good, 0, good.length), small, config);
            damage.read(file, damage.cut(good), small, config);
            damage.read(file, damage.lying(good, 0, header), small, config);
            damage.read(file, damage.spliced(good, 0, header), small, config);
            damage.read(file, damage.replaced(good, WORDS), small, config);
        }
        assertTrue(damage.files() > 300 && damage.readable() < damage.files() / 2, damage.readable() + " readable");
    }

    @Test
    void indices() throws IOException {
        convert(StorageType.FLOAT16, 2_000);
        Path index = small.resolve("model.safetensors.index.json");
        byte[] good = Files.readAllBytes(index);
        Damage damage = new Damage(6);
        damage.read(index, good, small, config);
        assertEquals(1, damage.readable());
        for (int i = 0; i < 70; i++) {
            damage.read(index, damage.flipped(good, 0, good.length), small, config);
            damage.read(index, damage.cut(good), small, config);
            damage.read(index, damage.lying(good, 0, good.length), small, config);
            damage.read(index, damage.spliced(good, 0, good.length), small, config);
        }
        damage.read(index, "{\"weight_map\":".repeat(100_000).getBytes(), small, config);
        damage.read(
                index,
                ("{\"weight_map\":{\"a\":\"" + "x".repeat(1_000_000) + ".safetensors\"}}").getBytes(),
                small,
                config);
        assertTrue(damage.files() > 280 && damage.readable() < damage.files() / 4, damage.readable() + " readable");
    }

    /** Every key of every kind with every kind of value. */
    @ParameterizedTest
    @ValueSource(strings = {"ttt", "llama", "mamba"})
    void configurations(String kind) throws IOException {
        ModelConfig good =
                switch (kind) {
                    case "llama" -> LlamaConfig.preset("tiny");
                    case "mamba" -> MambaConfig.preset("tiny");
                    default -> TTTConfig.preset("tiny");
                };
        ObjectMapper json = new ObjectMapper();
        ObjectNode keys = (ObjectNode) json.readTree(good.toJson());
        int parsed = 0;
        int tried = 0;
        for (String key : names(keys)) {
            for (String value : VALUES) {
                String text = keys.deepCopy().put(key, "\u0001").toString().replace("\"\\u0001\"", value);
                parsed += parses(text) ? 1 : 0;
                tried++;
            }
        }
        assertTrue(tried > 300 && parsed > 50 && parsed < tried, parsed + " of " + tried);
    }

    private static List<String> names(ObjectNode keys) {
        List<String> all = new ArrayList<>();
        keys.fieldNames().forEachRemaining(all::add);
        return all;
    }

    private static boolean parses(String text) {
        try {
            ModelConfig config = ModelConfig.parse(text);
            assertEquals(
                    config.parameterCount(), ModelConfig.parse(config.toJson()).parameterCount(), text);
            assertTrue(config.parameterCount() > 0, text);
            return true;
        } catch (TttException e) {
            assertTrue(e.getMessage().startsWith("config"), e.getMessage());
            return false;
        }
    }

    @Test
    void damagedConfigurations() {
        Damage damage = new Damage(7);
        Random random = new Random(7);
        byte[] good = TTTConfig.preset("tiny").toJson().getBytes();
        for (int i = 0; i < 300; i++) {
            byte[] bad =
                    random.nextBoolean() ? damage.flipped(good, 0, good.length) : damage.spliced(good, 0, good.length);
            parses(new String(random.nextInt(4) == 0 ? damage.cut(bad) : bad, StandardCharsets.ISO_8859_1));
        }
        parses("{\"a\":".repeat(100_000));
        parses("[".repeat(1_000_000));
        parses("{\"vocab_size\":" + "9".repeat(100_000) + "}");
    }
}
