package org.ttt4j.state;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.ttt4j.execution.Execution;
import org.ttt4j.layer.AttentionConfig;
import org.ttt4j.layer.CausalSelfAttention;
import org.ttt4j.layer.LayerConfig;
import org.ttt4j.layer.LayerConfig.Feature;
import org.ttt4j.layer.LayerSession;
import org.ttt4j.layer.SequenceMixer;
import org.ttt4j.layer.TTTLayer;
import org.ttt4j.ops.SequenceState;
import org.ttt4j.ops.State;
import org.ttt4j.param.WeightSource;
import org.ttt4j.safetensors.SafetensorsFile;
import org.ttt4j.safetensors.SafetensorsWriter;
import org.ttt4j.tensor.Tensors;
import org.ttt4j.tensor.TttException;

class StateFileTest {

    private static final int C = 18;
    private static final LayerConfig CONFIG =
            LayerConfig.of(C, 3).withMiniBatch(5).withFeatures(Set.of(Feature.SHARED_QK));
    private static final Execution FLOAT64 = Execution.reference(DataType.DOUBLE);

    @TempDir
    private Path directory;

    /** Sequences stand inside a mini-batch, at a border, and at the start. */
    @ParameterizedTest
    @ValueSource(strings = {"linear", "mlp", "attention"})
    void goesOnBitForBit(String model) {
        try (LayerSession<?> layer = open(model, 7, FLOAT64)) {
            SequenceState state = layer.newState(3);
            layer.forward(x(3, 8, 1), state, 8, 5, 0);
            Path file = directory.resolve("state.safetensors");
            StateFile.save(file, state);
            SequenceState loaded = StateFile.load(file, layer::newState);

            assertSame(state.save(State.Form.EXACT), loaded.save(State.Form.EXACT));
            INDArray next = x(3, 7, 2);
            assertArrayEquals(
                    Tensors.toDoubles(layer.forward(next, state)), Tensors.toDoubles(layer.forward(next, loaded)));
            assertSame(state.save(State.Form.EXACT), loaded.save(State.Form.EXACT));
        }
    }

    @Test
    void continuationEqualsOneReading() {
        try (LayerSession<?> layer = open("linear", 7, FLOAT64)) {
            INDArray x = x(1, 13, 3);
            double[] whole = Tensors.toDoubles(layer.forward(x, layer.newState(1)));
            SequenceState state = layer.newState(1);
            layer.forward(part(x, 0, 8), state);
            Path file = directory.resolve("state.safetensors");
            StateFile.save(file, state);
            INDArray rest = layer.forward(part(x, 8, 13), StateFile.load(file, layer::newState));
            assertArrayEquals(Arrays.copyOfRange(whole, 8 * C, 13 * C), Tensors.toDoubles(rest), 1e-13);
        }
    }

    @Test
    void forksAreIndependent() {
        try (LayerSession<?> layer = open("mlp", 7, FLOAT64)) {
            SequenceState state = layer.newState(1);
            layer.forward(x(1, 7, 1), state);
            Path file = directory.resolve("state.safetensors");
            StateFile.save(file, state);
            SequenceState one = StateFile.load(file, layer::newState);
            SequenceState other = StateFile.load(file, layer::newState);
            layer.forward(x(1, 9, 4), one);
            assertSame(state.save(State.Form.EXACT), other.save(State.Form.EXACT));
            assertEquals(16, one.position(0));
            assertEquals(7, other.position(0));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"linear", "mlp", "attention"})
    void precisionMayChange(String model) {
        Path file = directory.resolve("state.safetensors");
        INDArray prompt = x(1, 8, 1);
        INDArray next = x(1, 6, 2);
        try (LayerSession<?> exact = open(model, 7, FLOAT64);
                LayerSession<?> fast = open(model, 7, Execution.fused())) {
            SequenceState state = exact.newState(1);
            exact.forward(prompt, state);
            StateFile.save(file, state);
            double[] expected = Tensors.toDoubles(exact.forward(next, state));
            SequenceState single = StateFile.load(file, fast::newState);
            StateFile.save(file, single);
            assertArrayEquals(expected, Tensors.toDoubles(fast.forward(next, single)), 2e-4);
            SequenceState back = StateFile.load(file, exact::newState);
            assertArrayEquals(expected, Tensors.toDoubles(exact.forward(next, back)), 2e-4);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"linear", "mlp", "attention"})
    void cacheOfTheAuthorsComesAndGoes(String model) {
        try (LayerSession<?> layer = open(model, 7, FLOAT64)) {
            SequenceState state = layer.newState(2);
            layer.forward(x(2, 8, 1), state, 8, 3);
            Path file = directory.resolve("cache.safetensors");
            StateFile.save(file, state, State.Form.CACHE, Map.of());
            SequenceState loaded = StateFile.load(file, layer::newState);
            assertEquals(3, loaded.position(1));
            INDArray next = x(2, 7, 2);
            assertArrayEquals(
                    Tensors.toDoubles(layer.forward(next, state)),
                    Tensors.toDoubles(layer.forward(next, loaded)),
                    1e-12);
        }
    }

    @Test
    void cacheOfAnotherWriterNeedsNoDigests() {
        try (LayerSession<?> layer = open("linear", 7, FLOAT64)) {
            SequenceState state = layer.newState(1);
            layer.forward(x(1, 8, 1), state);
            Path file = directory.resolve("cache.safetensors");
            Map<String, String> metadata = Map.of("format", "ttt4j-state", "version", "1", "form", "cache");
            SafetensorsWriter.write(file, state.save(State.Form.CACHE), metadata);
            assertEquals(8, StateFile.load(file, layer::newState).position(0));
        }
    }

    @Test
    void notesTravelWithTheState() {
        try (LayerSession<?> layer = open("linear", 7, FLOAT64)) {
            Path file = directory.resolve("state.safetensors");
            StateFile.save(file, layer.newState(1), State.Form.EXACT, Map.of("prompt", "Ö, \"x\"\n"));
            assertEquals(Map.of("prompt", "Ö, \"x\"\n"), StateFile.notes(file));
        }
    }

    @Test
    void whatDoesNotFitIsNamed() {
        Path file = directory.resolve("state.safetensors");
        try (LayerSession<?> layer = open("linear", 7, FLOAT64);
                LayerSession<?> otherWeights = open("linear", 8, FLOAT64);
                LayerSession<?> otherKind = open("mlp", 7, FLOAT64)) {
            StateFile.save(file, layer.newState(2));
            assertFails("a state of this model", () -> StateFile.load(file, otherWeights::newState));
            assertFails("a state of this model", () -> StateFile.load(file, otherKind::newState));
            assertFails("sequences: expected 3, found 2", () -> StateFile.restore(file, layer.newState(3)));
            assertFails("no such file", () -> StateFile.load(directory.resolve("none"), layer::newState));
        }
    }

    @Test
    void damagedFilesAreRefused() throws IOException {
        Path file = directory.resolve("state.safetensors");
        try (LayerSession<?> layer = open("linear", 7, FLOAT64)) {
            SequenceState state = layer.newState(1);
            layer.forward(x(1, 8, 1), state);
            StateFile.save(file, state);
            byte[] good = Files.readAllBytes(file);

            Files.write(file, Arrays.copyOf(good, good.length - 9));
            assertFails("bytes of values", () -> StateFile.load(file, layer::newState));
            Files.write(file, Arrays.copyOf(good, 100));
            assertFails("header length", () -> StateFile.load(file, layer::newState));
            byte[] flipped = good.clone();
            flipped[good.length / 2] ^= 4;
            Files.write(file, flipped);
            assertFails("damaged", () -> StateFile.load(file, layer::newState));

            Files.write(file, good);
            rewrite(file, Map.of("version", "2"));
            assertFails("version: expected 1, found 2", () -> StateFile.load(file, layer::newState));
            rewrite(file, Map.of("version", "1", "form", "shape"));
            assertFails("form: expected exact or cache, found shape", () -> StateFile.load(file, layer::newState));
            rewrite(file, Map.of("form", "exact", "format", "pt"));
            assertFails("format: expected ttt4j-state, found pt", () -> StateFile.load(file, layer::newState));
        }
    }

    private static void rewrite(Path path, Map<String, String> changes) {
        Map<String, INDArray> tensors = new LinkedHashMap<>();
        Map<String, String> metadata;
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            metadata = new LinkedHashMap<>(file.metadata());
            file.tensors().keySet().forEach(name -> tensors.put(name, file.read(name)));
        }
        metadata.putAll(changes);
        SafetensorsWriter.write(path, tensors, metadata);
    }

    private static void assertFails(String words, Runnable action) {
        String message = assertThrows(TttException.class, action::run).getMessage();
        assertTrue(message.contains(words), message);
    }

    private static void assertSame(Map<String, INDArray> expected, Map<String, INDArray> actual) {
        assertEquals(expected.keySet(), actual.keySet());
        expected.forEach(
                (name, x) -> assertArrayEquals(Tensors.toDoubles(x), Tensors.toDoubles(actual.get(name)), name));
    }

    private static LayerSession<?> open(String model, long seed, Execution execution) {
        SequenceMixer layer =
                switch (model) {
                    case "mlp" -> TTTLayer.mlp(CONFIG);
                    case "attention" ->
                        new CausalSelfAttention("", AttentionConfig.of(C, 3).withKeyValueHeads(1));
                    default -> TTTLayer.linear(CONFIG);
                };
        // The initial inner weights are small: a state must be seen to change the output.
        WeightSource init = WeightSource.init(seed);
        return LayerSession.open(layer, p -> init.read(p).mul(10), execution);
    }

    private static INDArray x(int batch, int length, long seed) {
        Random random = new Random(seed);
        double[] values = random.doubles((long) batch * length * C, -1, 1).toArray();
        return Tensors.of(values, batch, length, C);
    }

    /** Tokens of the only sequence. */
    private static INDArray part(INDArray x, int from, int to) {
        double[] values = Arrays.copyOfRange(Tensors.toDoubles(x), from * C, to * C);
        return Tensors.of(values, 1, to - from, C);
    }
}
