package org.ttt4j.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ttt4j.safetensors.SafetensorsFile;
import org.ttt4j.safetensors.TensorInfo;
import org.ttt4j.tensor.TttException;

class TTTConfigTest {

    @TempDir
    Path dir;

    /** Millions of parameters and inner floats per layer: the authors' models counted by formula. */
    @ParameterizedTest
    @CsvSource({
        "125m, 64, 110.28, 110.42, 114.44, 114.59",
        "350m, 64, 337.29, 337.68, 348.40, 348.79",
        "760m, 96, 733.02, 733.61, 757.94, 758.53",
        "1b, 64, 1284.9, 1285.6, 1307.1, 1307.9",
    })
    void thePapersSizes(String name, int headSize, double linear, double linearMamba, double mlp, double mlpMamba) {
        TTTConfig config = TTTConfig.preset(name);
        assertEquals(headSize, config.headSize());
        double digits = name.equals("1b") ? 0.051 : 0.0051;
        assertEquals(linear, config.parameterCount() / 1e6, digits);
        assertEquals(linearMamba, config.withBackbone(Backbone.MAMBA).parameterCount() / 1e6, digits);
        TTTConfig two = config.withInner(InnerKind.MLP);
        assertEquals(mlp, two.parameterCount() / 1e6, digits);
        assertEquals(mlpMamba, two.withBackbone(Backbone.MAMBA).parameterCount() / 1e6, digits);
    }

    @Test
    void innerStateOfThePaper() {
        assertEquals(49_920, TTTConfig.preset("125m").innerStateFloats());
        assertEquals(397_056, TTTConfig.preset("125m").withInner(InnerKind.MLP).innerStateFloats());
    }

    @ParameterizedTest
    @ValueSource(strings = {"linear_tf_mb4", "linear_gateonly_mb4", "mlp_mamba_mb4"})
    void readsTheAuthorsFilesAndCountsTheirParameters(String name) throws IOException, URISyntaxException {
        Path golden = Path.of(getClass().getResource("/golden/" + name).toURI());
        TTTConfig config = TTTConfig.read(golden.resolve("config.json"));
        try (SafetensorsFile file = SafetensorsFile.open(golden.resolve("model.safetensors"))) {
            long stored = file.tensors().values().stream()
                    .mapToLong(TensorInfo::count)
                    .sum();
            assertEquals(stored, config.parameterCount());
        }
        assertEquals("float32", config.extra().get("torch_dtype"));
        assertEquals(config, TTTConfig.parse(config.toJson()));
    }

    @Test
    void absentKeysHaveTheAuthorsDefaults() {
        TTTConfig config = TTTConfig.parse("{}");
        assertEquals(config.with(Map.of()), config);
        assertEquals(32000, config.vocabSize());
        assertEquals(2048, config.hiddenSize());
        assertEquals(16, config.miniBatch());
        assertEquals(1e-6, config.rmsNormEps());
        assertEquals(1, config.bosTokenId());
        assertNull(config.padTokenId());
        assertTrue(config.tieWordEmbeddings());
        assertEquals(TTTConfig.preset("1b").parameterCount(), config.parameterCount());
        assertNull(TTTConfig.parse("{\"eos_token_id\": null}").eosTokenId());
        assertEquals(20000, TTTConfig.parse("{\"rope_theta\": 20000}").ropeTheta());
    }

    @Test
    void aRoundTripLosesNothing() {
        String json =
                "{\"torch_dtype\":\"float32\",\"hidden_size\":64,\"num_attention_heads\":4,\"x\":{\"deep\":[1,2.5,null,true,\"s\"]},"
                        + "\"big\":123456789012345678901234567890,\"nothing\":null}";
        TTTConfig config = TTTConfig.parse(json).with(Map.of("num_attention_heads", 2, "pad_token_id", 7));
        Path file = dir.resolve("config.json");
        config.write(file);
        TTTConfig again = TTTConfig.read(file);
        assertEquals(config, again);
        assertEquals(config.toJson(), again.toJson());
        assertEquals(7, again.padTokenId());
        assertEquals(5 - 1, again.extra().size());
        assertTrue(again.extra().containsKey("nothing"));
        assertEquals(
                "[1, 2.5, null, true, s]",
                ((Map<?, ?>) again.extra().get("x")).get("deep").toString());
    }

    @Test
    void changesAreAppliedAtOnce() {
        TTTConfig tiny = TTTConfig.preset("tiny");
        TTTConfig odd = tiny.with(Map.of("hidden_size", 36, "num_attention_heads", 3));
        assertEquals(12, odd.headSize());
        assertThrows(TttException.class, () -> tiny.with(Map.of("hidden_size", 36)));
        assertFails(() -> tiny.with(Map.of("hiden_size", 36)), "hiden_size");
        assertFails(() -> tiny.with(Map.of("hidden_size", "36")), "hidden_size", "\"36\"");
        Map<String, Object> none = new HashMap<>();
        none.put("bos_token_id", null);
        assertNull(tiny.with(none).bosTokenId());
        assertNotEquals(tiny, tiny.with(none));
    }

    @Test
    void theBackboneIsThreeFlags() {
        TTTConfig tiny = TTTConfig.preset("tiny");
        assertEquals(Optional.of(Backbone.TRANSFORMER), tiny.backbone());
        TTTConfig mamba = tiny.withBackbone(Backbone.MAMBA);
        assertTrue(mamba.useGate() && mamba.shareQk() && mamba.preConv());
        assertEquals(Optional.of(Backbone.MAMBA), mamba.backbone());
        assertEquals(tiny, mamba.withBackbone(Backbone.TRANSFORMER));
        assertEquals(Optional.empty(), tiny.with(Map.of("use_gate", true)).backbone());
    }

    @Test
    void everyPresetIsSound() {
        for (String name : TTTConfig.presetNames()) {
            TTTConfig config = TTTConfig.preset(name);
            assertEquals(config, TTTConfig.parse(config.toJson()));
        }
        assertFails(() -> TTTConfig.preset("13b"), "13b", "125m");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'vocab_size': 0",
                "'vocab_size': -1",
                "'vocab_size': 100000000",
                "'vocab_size': 1e3",
                "'vocab_size': 9999999999999999999999",
                "'vocab_size': '257'",
                "'vocab_size': null",
                "'vocab_size': [257]",
                "'hidden_size': 0",
                "'hidden_size': 64.0",
                "'hidden_size': true",
                "'hidden_size': 2147483648",
                "'intermediate_size': 0",
                "'num_hidden_layers': 0",
                "'num_hidden_layers': 100000000",
                "'num_attention_heads': 0",
                "'num_attention_heads': -4",
                "'num_attention_heads': 3",
                "'num_attention_heads': 1024",
                "'hidden_act': 'gelu'",
                "'hidden_act': null",
                "'ttt_layer_type': 'rnn'",
                "'ttt_layer_type': 'LINEAR'",
                "'ttt_layer_type': 1",
                "'ttt_base_lr': -1",
                "'ttt_base_lr': '1.0'",
                "'ttt_base_lr': 1e999",
                "'mini_batch_size': 0",
                "'mini_batch_size': 10000000",
                "'conv_kernel': 0",
                "'use_gate': 1",
                "'share_qk': 'true'",
                "'pre_conv': null",
                "'tie_word_embeddings': 0",
                "'use_cache': 'no'",
                "'rms_norm_eps': 0",
                "'rms_norm_eps': -1e-6",
                "'rope_theta': 0",
                "'initializer_range': -0.02",
                "'pad_token_id': 32000",
                "'bos_token_id': -1",
                "'eos_token_id': 1.5",
                "'eos_token_id': [1, 2]",
                "'max_position_embeddings': 0",
                "'pretraining_tp': 0",
                "'scan_checkpoint_group_size': -1",
                "'model_type': 'llama'",
            })
    void unsoundValuesNameTheirKey(String entry) {
        String key = entry.substring(1, entry.indexOf('\'', 1));
        String json = "{" + entry.replace('\'', '"') + "}";
        assertFails(() -> TTTConfig.parse(json), key, "expected", "found");
        Path file = write("bad.json", json);
        assertFails(() -> TTTConfig.read(file), key, "bad.json");
    }

    @ParameterizedTest
    @CsvSource({"36, 4", "32, 16", "6, 3", "60, 60"})
    void oddAndTinyHeadSizes(int hidden, int heads) {
        String json = "{\"hidden_size\": " + hidden + ", \"num_attention_heads\": " + heads + "}";
        assertFails(() -> TTTConfig.parse(json), "num_attention_heads", "head size", "= " + hidden / heads);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "[]",
                "1",
                "null",
                "\"x\"",
                "{}{}",
                "{} x",
                "{'a':1}",
                "{\"a\":}",
                "{\"a\":NaN}",
                "{\"hidden_size\":64,\"hidden_size\":64}",
                "{\"rms_norm_eps\":Infinity}",
                "\u0000",
            })
    void malformedText(String json) {
        assertFails(() -> TTTConfig.parse(json), "config: ");
        Path file = write("bad.json", json);
        assertFails(() -> TTTConfig.read(file), "bad.json");
    }

    @Test
    void hostileFilesFailSoon() throws IOException {
        assertFails(() -> TTTConfig.parse("[".repeat(500_000)), "config: ");
        assertFails(() -> TTTConfig.parse("{\"a\":".repeat(500_000)), "config: ");
        assertFails(() -> TTTConfig.parse("{\"vocab_size\":" + "9".repeat(500_000) + "}"), "config");
        Path big = Files.write(dir.resolve("big.json"), new byte[(1 << 20) + 1]);
        assertFails(() -> TTTConfig.read(big), "big.json", "at most");
        byte[] latin = {'{', '"', (byte) 0xE9, '"', ':', '1', '}'};
        Path notUtf8 = Files.write(dir.resolve("latin.json"), latin);
        assertFails(() -> TTTConfig.read(notUtf8), "latin.json");
        assertFails(() -> TTTConfig.read(dir.resolve("none.json")), "none.json", "no such file");
    }

    private Path write(String name, String text) {
        try {
            return Files.writeString(dir.resolve(name), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void assertFails(Runnable run, String... parts) {
        String message = assertThrows(TttException.class, run::run).getMessage();
        assertTrue(Arrays.stream(parts).allMatch(message::contains), message);
        assertTrue(message.length() < 1000, () -> "short message, not " + message.length());
    }
}
