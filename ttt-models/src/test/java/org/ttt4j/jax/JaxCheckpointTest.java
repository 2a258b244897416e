package org.ttt4j.jax;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.ttt4j.checkpoint.Checkpoint;
import org.ttt4j.config.ModelConfig;
import org.ttt4j.execution.Execution;
import org.ttt4j.safetensors.Conversion;
import org.ttt4j.safetensors.SafetensorsFile;
import org.ttt4j.safetensors.TensorInfo;
import org.ttt4j.safetensors.TensorSource;
import org.ttt4j.tensor.Tensors;
import org.ttt4j.tensor.TttException;

class JaxCheckpointTest {

    private static final Path CASES = Path.of("src/test/resources/golden-jax");

    @TempDir
    Path dir;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "linear_tf_mb16/f32/flax_params",
                "linear_tf_mb16/f32/streaming_params_chunked",
                "linear_tf_mb16/f32/streaming_params_oldspec",
                "linear_tf_mb16/bf16/streaming_train_state",
                "mlp_mamba_mb16/bf16/streaming_params",
                "attn_untied/bf16/streaming_params",
                "attn_untied/f32/streaming_train_state"
            })
    void everyTensorIsThatOfThePyTorchModel(String file) {
        Path path = CASES.resolve(file);
        Path model = path.getParent().getParent();
        ModelConfig config =
                GivenConfig.of(List.of(model.resolve("jax_config.json").toString()));
        try (TensorSource jax = Checkpoint.open(path, config).source();
                TensorSource torch = SafetensorsFile.open(model.resolve("model.safetensors"))) {
            assertEquals(torch.tensors().keySet(), jax.tensors().keySet());
            for (TensorInfo expected : torch.tensors().values()) {
                TensorInfo info = jax.info(expected.name());
                assertArrayEquals(expected.shape(), info.shape(), expected.name());
                float[] values = Tensors.toFloats(torch.read(expected.name()));
                for (int i = 0; i < values.length; i++) {
                    values[i] = Conversion.round(values[i], info.dtype());
                }
                INDArray whole = jax.read(expected.name());
                assertArrayEquals(values, Tensors.toFloats(whole), expected.name());
                float[] piece = new float[Math.min(5, values.length - 1)];
                jax.read(info, 1, piece, 0, piece.length);
                for (int i = 0; i < piece.length; i++) {
                    assertEquals(values[1 + i], piece[i], expected.name());
                }
            }
        }
    }

    @Test
    void configurationsAreThoseOfThePyTorchModels() {
        for (String model : List.of("linear_tf_mb16", "mlp_mamba_mb16", "attn_untied")) {
            Path directory = CASES.resolve(model);
            ModelConfig torch = ModelConfig.read(directory.resolve("config.json"));
            ModelConfig jax = GivenConfig.of(List.of("json::" + directory.resolve("jax_config.json")));
            assertEquals(withoutExtra(torch), withoutExtra(jax));
            assertEquals(
                    torch,
                    GivenConfig.of(List.of(directory.resolve("config.json").toString())));
        }
    }

    private static String withoutExtra(ModelConfig config) {
        return config.toString().replaceAll(", (useCache|scanCheckpointGroupSize)=\\w+|, extra=.*", "");
    }

    @Test
    void namesAndChanges() {
        ModelConfig config = GivenConfig.of(List.of(
                "1b-TTT", "seq_modeling_block=ttt_mlp_base", "ttt_base_lr=0.1", "bos_token_id=None", "pre_conv=False"));
        String text = config.toString();
        for (String part : List.of(
                "hiddenSize=2048",
                "intermediateSize=5504",
                "layers=24",
                "heads=32",
                "vocabSize=32000",
                "inner=MLP",
                "baseLearningRate=0.1",
                "useGate=false",
                "shareQk=false",
                "preConv=false",
                "tieWordEmbeddings=true",
                "bosTokenId=null")) {
            assertTrue(text.contains(part), part + " in " + text);
        }
        assertTrue(GivenConfig.of(List.of("125m")).toString().startsWith("LlamaConfig["));
        assertTrue(GivenConfig.of(List.of("125m-TTT")).toString().contains("useGate=true, shareQk=true, preConv=true"));
        for (List<String> bad : List.of(
                List.<String>of(),
                List.of("125x-TTT"),
                List.of("hidden_size=3"),
                List.of("125m-TTT", "hidden_sise=3"),
                List.of("125m-TTT", "hidden_size"),
                List.of("125m-TTT", "hidden_size=wide"),
                List.of("125m-TTT", "seq_modeling_block=ttt_quadratic"),
                List.of("125m", "seq_modeling_block=ttt_linear"),
                List.of("\0"))) {
            assertThrows(TttException.class, () -> GivenConfig.of(bad), bad.toString());
        }
    }

    @Test
    void whatDoesNotFitIsListed() throws IOException {
        Path path = CASES.resolve("linear_tf_mb16/bf16/streaming_params");
        ModelConfig config = ModelConfig.read(CASES.resolve("mlp_mamba_mb16/config.json"));
        TttException e = assertThrows(
                TttException.class, () -> Checkpoint.open(path, config).load(Execution.reference(DataType.FLOAT)));
        assertTrue(e.getMessage().contains("missing"), e.getMessage());
        Files.copy(path, dir.resolve("streaming_params"));
        assertThrows(TttException.class, () -> Checkpoint.open(dir));
        Files.copy(CASES.resolve("linear_tf_mb16/config.json"), dir.resolve("config.json"));
        assertEquals(97, Checkpoint.open(dir).config().vocabSize());
        Files.copy(path, dir.resolve("streaming_train_state_200"));
        assertThrows(TttException.class, () -> Checkpoint.open(dir));
    }
}
