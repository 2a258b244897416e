package org.ttt4j.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ttt4j.tensor.TttException;

class BaselineConfigTest {

    @Test
    void theModelTypeTellsKindsApart() {
        assertInstanceOf(TTTConfig.class, ModelConfig.parse("{}"));
        assertInstanceOf(TTTConfig.class, ModelConfig.parse("{\"model_type\":\"ttt\"}"));
        assertInstanceOf(MambaConfig.class, ModelConfig.parse("{\"model_type\":\"mamba\"}"));
        ModelConfig llama = ModelConfig.parse("{\"model_type\":\"llama\"}");
        assertInstanceOf(LlamaConfig.class, llama);
        assertEquals(MixerKind.ATTENTION, llama.mixer());
        assertEquals(
                MixerKind.LINEAR_ATTENTION,
                ModelConfig.parse("{\"model_type\":\"linear_attention\"}").mixer());
        assertFails(() -> ModelConfig.parse("{\"model_type\":\"rwkv\"}"), "model_type", "rwkv");
        assertFails(() -> ModelConfig.parse("{\"model_type\":7}"), "model_type", "7");
    }

    /** Llama-7B and Mamba-130m are the defaults that Hugging Face gives. */
    @Test
    void absentKeysHaveHuggingFacesDefaults() {
        assertEquals(
                6_738_415_616L, ModelConfig.parse("{\"model_type\":\"llama\"}").parameterCount());
        ModelConfig mamba = ModelConfig.parse("{\"model_type\":\"mamba\",\"num_hidden_layers\":24}");
        assertEquals(129_135_360L, mamba.with(Map.of("vocab_size", 50280)).parameterCount());
        assertEquals(48, ((MambaConfig) mamba).timeStepRank());
    }

    @ParameterizedTest
    @CsvSource({"125m, 110.0", "350m, 337", "760m, 732", "1b, 1284"})
    void aPresetHasAboutAsManyParametersAsTheTttModel(String name, double millions) {
        assertEquals(millions, LlamaConfig.preset(name).parameterCount() / 1e6, 0.01 * millions);
        assertEquals(millions, MambaConfig.preset(name).parameterCount() / 1e6, 0.05 * millions);
    }

    @Test
    void aRoundTripLosesNothing() {
        String llama =
                "{\"model_type\":\"llama\",\"hidden_size\":48,\"num_attention_heads\":4,\"num_key_value_heads\":2,"
                        + "\"torch_dtype\":\"float32\",\"x\":[1,null]}";
        String mamba = "{\"model_type\":\"mamba\",\"time_step_rank\":\"auto\",\"hidden_size\":40,\"use_bias\":true,"
                + "\"rms_norm\":true}";
        for (String json :
                new String[] {llama, mamba, "{\"model_type\":\"linear_attention\",\"feature_map\":\"elu_plus_one\"}"}) {
            ModelConfig config = ModelConfig.parse(json).withExtra("tokenizer", "byte");
            assertEquals(config, ModelConfig.parse(config.toJson()));
            assertEquals("byte", config.extra().get("tokenizer"));
            assertEquals(config, config.with(Map.of()));
        }
        assertEquals(3, ((MambaConfig) ModelConfig.parse(mamba)).timeStepRank());
        assertEquals(12, ((LlamaConfig) ModelConfig.parse(llama)).headSize());
    }

    @Test
    void otherMixersAndBackbones() {
        LlamaConfig tiny = LlamaConfig.preset("tiny");
        assertEquals(Optional.of(Backbone.TRANSFORMER), tiny.backbone());
        assertEquals("mamba", tiny.withBackbone(Backbone.MAMBA).backboneName());
        LlamaConfig linear = tiny.withMixer(MixerKind.NORMALISED_LINEAR_ATTENTION);
        assertEquals(tiny, linear.withMixer(MixerKind.ATTENTION));
        assertEquals(linear, ModelConfig.parse(linear.toJson()));
        assertEquals(linear.stateFloats(10), linear.stateFloats(100_000));
        assertEquals(10 * tiny.stateFloats(10), tiny.stateFloats(100));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'model_type': 'llama', 'num_key_value_heads': 5",
                "'model_type': 'llama', 'num_key_value_heads': 0",
                "'model_type': 'llama', 'num_attention_heads': 0",
                "'model_type': 'llama', 'num_attention_heads': 3",
                "'model_type': 'llama', 'head_dim': 63",
                "'model_type': 'llama', 'head_dim': -2",
                "'model_type': 'llama', 'rope_scaling': {'type': 'linear'}",
                "'model_type': 'llama', 'mlp_bias': true",
                "'model_type': 'llama', 'hidden_act': 'gelu'",
                "'model_type': 'llama', 'rope_theta': 0",
                "'model_type': 'llama', 'eos_token_id': [1, 2]",
                "'model_type': 'linear_attention', 'feature_map': 'exp'",
                "'model_type': 'mamba', 'state_size': 0",
                "'model_type': 'mamba', 'expand': 1000000",
                "'model_type': 'mamba', 'time_step_rank': 'none'",
                "'model_type': 'mamba', 'time_step_rank': -1",
                "'model_type': 'mamba', 'intermediate_size': 7",
                "'model_type': 'mamba', 'use_conv_bias': 1",
                "'model_type': 'mamba', 'layer_norm_epsilon': 0",
                "'model_type': 'mamba', 'time_step_max': 1e-4",
            })
    void unsoundValuesNameTheirKey(String entries) {
        String entry = entries.substring(entries.indexOf(", ") + 2);
        String key = entry.substring(1, entry.indexOf('\'', 1));
        assertFails(() -> ModelConfig.parse("{" + entries.replace('\'', '"') + "}"), key, "expected", "found");
    }

    private static void assertFails(Runnable run, String... parts) {
        String message = assertThrows(TttException.class, run::run).getMessage();
        assertTrue(Arrays.stream(parts).allMatch(message::contains), message);
    }
}
