package org.ttt4j.safetensors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.ttt4j.param.Init;
import org.ttt4j.param.Param;
import org.ttt4j.tensor.Tensors;
import org.ttt4j.tensor.TttException;

class StoredWeightsTest {

    private static final Param EMBED = new Param("embed", Init.zeros(), 2, 3);
    private static final Param NORM = new Param("norm", Init.ones(), 3);
    private static final INDArray VALUES = Tensors.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
    private static final INDArray ONES = Nd4j.ones(DataType.DOUBLE, 3);

    @TempDir
    Path dir;

    @Test
    void servesParametersInTheFilesType() {
        try (SafetensorsFile file = write(Map.of("embed", VALUES, "norm", ONES))) {
            StoredWeights weights = new StoredWeights(file);
            weights.check(List.of(EMBED, NORM, EMBED));
            assertEquals(VALUES, weights.read(EMBED));
            assertEquals(DataType.DOUBLE, weights.read(NORM).dataType());
        }
    }

    @Test
    void everythingWrongIsListedAtOnce() {
        Map<String, INDArray> tensors =
                Map.of("embed", VALUES.reshape(3, 2), "stray", ONES, "ids", Nd4j.createFromArray(1, 2, 3));
        try (SafetensorsFile file = write(tensors)) {
            Param ids = new Param("ids", Init.zeros(), 3);
            StoredWeights weights = new StoredWeights(file);
            List<Param> params = List.of(EMBED, NORM, ids);
            String message = assertThrows(TttException.class, () -> weights.check(params))
                    .getMessage();
            assertTrue(message.contains("missing (1): norm"), message);
            assertTrue(message.contains("unexpected (1): stray"), message);
            assertTrue(message.contains("embed (expected floating [2, 3], found F32 [3, 2])"), message);
            assertTrue(message.contains("ids (expected floating [3], found I32 [3])"), message);
            assertThrows(TttException.class, () -> weights.read(EMBED));
            assertThrows(TttException.class, () -> weights.read(NORM));
        }
    }

    @Test
    void longListsAreCapped() {
        List<Param> params = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            params.add(new Param("key." + i, Init.zeros(), 1));
        }
        try (SafetensorsFile file = write(Map.of())) {
            String message = assertThrows(TttException.class, () -> new StoredWeights(file).check(params))
                    .getMessage();
            assertTrue(message.contains("missing (1000): key.0, key.1, "), message);
            assertTrue(message.contains(" and 988 more"), message);
            assertTrue(message.length() < 500, message);
        }
    }

    @Test
    void aSecondCopyOfATiedWeightMustBeTheSame() {
        Map<String, String> tied = Map.of("head", "embed");
        try (SafetensorsFile file = write(Map.of("embed", VALUES, "norm", ONES, "head", VALUES.dup()))) {
            new StoredWeights(file, tied).check(List.of(EMBED, NORM));
            assertFails(new StoredWeights(file), List.of(EMBED, NORM), "unexpected (1): head");
            assertFails(new StoredWeights(file, tied), List.of(NORM), "unexpected (2)");
        }
        INDArray other = VALUES.dup();
        other.putScalar(1, 2, Math.nextUp(6f));
        for (INDArray head : List.of(other, VALUES.castTo(DataType.DOUBLE), VALUES.reshape(3, 2))) {
            try (SafetensorsFile file = write(Map.of("embed", VALUES, "norm", ONES, "head", head))) {
                assertFails(new StoredWeights(file, tied), List.of(EMBED, NORM), "head (expected the values of");
            }
        }
    }

    @Test
    void valuesMustBeFinite() {
        for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
            INDArray values = VALUES.dup();
            values.putScalar(0, 1, bad);
            try (SafetensorsFile file = write(Map.of("embed", values))) {
                String message = assertThrows(TttException.class, () -> new StoredWeights(file).read(EMBED))
                        .getMessage();
                assertTrue(message.contains("tensor embed: expected finite values, found 1 that"), message);
            }
        }
    }

    private static void assertFails(StoredWeights weights, List<Param> params, String part) {
        String message =
                assertThrows(TttException.class, () -> weights.check(params)).getMessage();
        assertTrue(message.contains(part), message);
    }

    private SafetensorsFile write(Map<String, INDArray> tensors) {
        Path path = dir.resolve("model.safetensors");
        SafetensorsWriter.write(path, tensors, Map.of());
        return SafetensorsFile.open(path);
    }
}
