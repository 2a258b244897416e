package org.ttt4j.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.ttt4j.config.ModelConfig;
import org.ttt4j.config.TTTConfig;
import org.ttt4j.execution.Execution;
import org.ttt4j.lm.LanguageModel;
import org.ttt4j.matrix.WeightType;
import org.ttt4j.reference.InnerForm;
import org.ttt4j.safetensors.DType;
import org.ttt4j.safetensors.SafetensorsWriter;
import org.ttt4j.safetensors.TensorInfo;
import org.ttt4j.safetensors.TensorSource;
import org.ttt4j.tensor.Tensors;
import org.ttt4j.tensor.TttException;

class ConverterTest {

    private static final Path JAX = Path.of("src/test/resources/golden-jax");
    private static final Path MODEL = JAX.resolve("mlp_mamba_mb16");

    @TempDir
    Path dir;

    private static Converter.Report convert(Path in, Path out, StorageType type) {
        return new Converter(type, Converter.SHARD_BYTES, key -> {}).convert(Checkpoint.open(in), out);
    }

    private static byte[] weights(Path directory) throws IOException {
        return Files.readAllBytes(directory.resolve("model.safetensors"));
    }

    private static double[] logits(Path model, Execution execution) {
        try (LanguageModel<?> lm = Checkpoint.open(model).load(execution)) {
            return Tensors.toDoubles(lm.forward(new int[][] {{1, 5, 9, 2, 60, 33, 7}}, lm.newState(1)));
        }
    }

    @Test
    void float32KeepsEveryBit() {
        Converter.Report report = convert(MODEL, dir.resolve("out"), StorageType.FLOAT32);
        assertEquals(0, report.largestError());
        assertEquals(Checkpoint.open(MODEL).config().parameterCount(), report.parameters());
        try (TensorSource in = Checkpoint.open(MODEL).source();
                TensorSource out = Checkpoint.open(dir.resolve("out")).source()) {
            assertEquals(in.tensors().keySet(), out.tensors().keySet());
            in.tensors().keySet().forEach(key -> assertEquals(in.read(key), out.read(key), key));
        }
    }

    /** Of the JAX code's files, too, in any number of files. */
    @ParameterizedTest
    @EnumSource(StorageType.class)
    void backAndForthLosesNothingMore(StorageType type) throws IOException {
        Path file = JAX.resolve("linear_tf_mb16/f32/streaming_params_chunked");
        ModelConfig config = ModelConfig.read(JAX.resolve("linear_tf_mb16/config.json"));
        new Converter(type, Converter.SHARD_BYTES, key -> {}).convert(Checkpoint.open(file, config), dir.resolve("a"));
        Converter.Report wide = new Converter(StorageType.FLOAT32, 10_000, key -> {})
                .convert(Checkpoint.open(dir.resolve("a")), dir.resolve("b"));
        assertTrue(wide.files().size() > 5 && wide.files().contains("model.safetensors.index.json"));
        assertEquals(0, wide.largestError());
        Converter.Report again = convert(dir.resolve("b"), dir.resolve("c"), type);
        assertEquals(0, again.largestError());
        assertEquals("", again.largestErrorTensor());
        assertArrayEquals(weights(dir.resolve("a")), weights(dir.resolve("c")));
        assertEquals(Files.readString(dir.resolve("a/config.json")), Files.readString(dir.resolve("c/config.json")));
        assertArrayEquals(
                logits(dir.resolve("a"), Execution.reference(DataType.FLOAT)),
                logits(dir.resolve("b"), Execution.reference(DataType.FLOAT)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"scalar", "auto"})
    void blocksOnTheDiskAreTheBlocksOfLoading(String kernel) {
        Converter.Report report = convert(MODEL, dir.resolve("out"), StorageType.Q8_0);
        assertTrue(report.largestError() > 1e-4 && report.largestError() < 0.5 / 127 + 1e-6, report.toString());
        Execution execution = new Execution(
                        kernel.equals("auto") ? Execution.AUTO : kernel, DataType.FLOAT, InnerForm.DUAL, 2)
                .withWeights(WeightType.Q8_0);
        assertArrayEquals(logits(MODEL, execution), logits(dir.resolve("out"), execution));
        try (TensorSource out = Checkpoint.open(dir.resolve("out")).source()) {
            String key = "model.layers.0.mlp.gate_proj.weight";
            TensorInfo matrix = out.info(key);
            TensorInfo scales = out.info(key + ".scales");
            assertEquals(DType.I8, matrix.dtype());
            assertEquals(DType.F32, scales.dtype());
            assertArrayEquals(new long[] {matrix.shape()[0], (matrix.shape()[1] + 31) / 32}, scales.shape());
            assertEquals(
                    DType.F32,
                    out.info("model.layers.0.seq_modeling_block.ttt_norm_weight")
                            .dtype());
        }
        assertEquals(
                Map.of("type", "q8_0", "block", 32),
                Checkpoint.open(dir.resolve("out")).config().extra().get("quantization"));
    }

    @Test
    void otherBlocksAreRefused() throws IOException {
        convert(MODEL, dir.resolve("out"), StorageType.Q8_0);
        Path config = dir.resolve("out/config.json");
        String text = Files.readString(config);
        Files.writeString(config, text.replace("q8_0", "q4_0"));
        assertThrows(TttException.class, () -> Checkpoint.open(dir.resolve("out")));
        Files.writeString(config, text.replace("\"quantization\"", "\"quantization_config\""));
        assertThrows(TttException.class, () -> Checkpoint.open(dir.resolve("out")));
    }

    @Test
    void valuesBeyondFloat16AreAnError() {
        TTTConfig config = CheckpointTest.config(16);
        CheckpointTest.save(dir.resolve("in"), config, 1, DataType.FLOAT);
        try (TensorSource source = Checkpoint.open(dir.resolve("in")).source()) {
            var tensors = new LinkedHashMap<String, INDArray>();
            source.tensors().keySet().forEach(key -> tensors.put(key, source.read(key)));
            tensors.get("model.norm.weight").putScalar(3, 70_000);
            SafetensorsWriter.write(dir.resolve("in/model.safetensors"), tensors, Map.of());
        }
        TttException e = assertThrows(
                TttException.class, () -> convert(dir.resolve("in"), dir.resolve("out"), StorageType.FLOAT16));
        assertTrue(e.getMessage().contains("model.norm.weight"), e.getMessage());
        assertTrue(Files.notExists(dir.resolve("out")));
        convert(dir.resolve("in"), dir.resolve("out"), StorageType.BFLOAT16);
    }

    @Test
    void roundingFromFloat64IsReported() {
        CheckpointTest.save(dir.resolve("in"), CheckpointTest.config(16), 1, DataType.DOUBLE);
        Map<String, INDArray> tensors = new LinkedHashMap<>();
        try (TensorSource source = Checkpoint.open(dir.resolve("in")).source()) {
            source.tensors().keySet().forEach(key -> tensors.put(key, source.read(key)));
        }
        tensors.get("model.norm.weight").putScalar(3, 1 + 0x1p-26);
        SafetensorsWriter.write(dir.resolve("in/model.safetensors"), tensors, Map.of());
        Converter.Report report = convert(dir.resolve("in"), dir.resolve("out"), StorageType.FLOAT32);
        assertEquals("model.norm.weight", report.largestErrorTensor());
        assertEquals(0x1p-26, report.largestError());
    }

    /** Stopped at any tensor, the old checkpoint is there, and nothing else. */
    @Test
    void anInterruptedConversionLeavesTheOldCheckpoint() throws IOException {
        Path out = dir.resolve("out");
        convert(MODEL, out, StorageType.BFLOAT16);
        byte[] before = weights(out);
        int tensors = Checkpoint.open(MODEL).source().tensors().size();
        for (int stop = 0; stop < tensors; stop += 3) {
            int[] left = {stop};
            Converter converter = new Converter(StorageType.FLOAT32, 20_000, key -> {
                if (left[0]-- == 0) {
                    throw new IllegalStateException("stopped");
                }
            });
            assertThrows(IllegalStateException.class, () -> converter.convert(Checkpoint.open(MODEL), out));
            assertArrayEquals(before, weights(out));
            try (Stream<Path> files = Files.list(dir)) {
                assertEquals(List.of(out), files.toList());
            }
        }
        convert(MODEL, out, StorageType.FLOAT32);
        assertEquals(
                DType.F32,
                Checkpoint.open(out).source().info("model.norm.weight").dtype());
        convert(out, out, StorageType.Q8_0);
        assertTrue(Files.size(out.resolve("model.safetensors")) < before.length);
    }

    @Test
    void foreignDirectoriesStayAsTheyAre() throws IOException {
        Path out = Files.createDirectory(dir.resolve("out"));
        Files.writeString(out.resolve("notes.txt"), "mine");
        assertThrows(TttException.class, () -> convert(MODEL, out, StorageType.FLOAT32));
        Files.delete(out.resolve("notes.txt"));
        Files.writeString(dir.resolve("file"), "mine");
        assertThrows(TttException.class, () -> convert(MODEL, dir.resolve("file"), StorageType.FLOAT32));
        convert(MODEL, out, StorageType.FLOAT32);
        assertTrue(Checkpoint.exists(out));
    }

    @Test
    void theTokenizerComesAlong() throws IOException {
        Path in = dir.resolve("in");
        convert(MODEL, in, StorageType.FLOAT32);
        Files.writeString(in.resolve("tokenizer.json"), "{}");
        convert(in, dir.resolve("out"), StorageType.FLOAT16);
        assertEquals("{}", Files.readString(dir.resolve("out/tokenizer.json")));
    }
}
