package org.ttt4j.safetensors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.ttt4j.tensor.Tensors;
import org.ttt4j.tensor.TttException;

class SafetensorsFileTest {

    @TempDir
    Path dir;

    @Test
    void readsAFileLaidOutByHand() {
        String header = "{\"__metadata__\":{\"format\":\"pt\"},"
                + "\"b\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[16,40]},"
                + "\"ids\":{\"shape\":[2],\"data_offsets\":[0,16],\"dtype\":\"I64\"}}   ";
        ByteBuffer data = ByteBuffer.allocate(40)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(-7)
                .putLong(1L << 40);
        data.put(RawFiles.floats(1, 2, 3, 4, 5, -6.5f));
        Path path = RawFiles.write(dir.resolve("hand.safetensors"), RawFiles.bytes(header, data.array()));
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            assertEquals(List.of("ids", "b"), List.copyOf(file.tensors().keySet()), "in the order of the values");
            assertEquals(Map.of("format", "pt"), file.metadata());
            assertEquals(DType.F32, file.info("b").dtype());
            assertArrayEquals(new long[] {2, 3}, file.info("b").shape());
            INDArray b = file.read("b");
            assertEquals(DataType.FLOAT, b.dataType());
            assertEquals('c', b.ordering());
            assertArrayEquals(new long[] {2, 3}, b.shape());
            assertEquals(-6.5, b.getDouble(1, 2));
            assertEquals(4, b.getDouble(1, 0));
            assertArrayEquals(new long[] {-7, 1L << 40}, file.readLongs("ids"));
        }
    }

    @Test
    void whatIsWrittenIsReadBack() {
        Map<String, INDArray> tensors = samples();
        Path path = dir.resolve("all.safetensors");
        Map<String, String> metadata = Map.of("who", "ttt4j \"quoted\"\nüñí 𝄞", "", "empty key");
        SafetensorsWriter.write(path, tensors, metadata);
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            assertEquals(metadata, file.metadata());
            assertEquals(tensors.keySet(), file.tensors().keySet());
            tensors.forEach((name, x) -> {
                INDArray y = file.read(name);
                assertEquals(x.dataType(), y.dataType(), name);
                assertArrayEquals(x.shape(), y.shape(), name);
                assertArrayEquals(Tensors.toDoubles(x), x.isEmpty() ? new double[0] : Tensors.toDoubles(y), name);
            });
        }
    }

    private static Map<String, INDArray> samples() {
        INDArray base = Nd4j.arange(105).castTo(DataType.DOUBLE).reshape('c', 5, 7, 3);
        Map<String, INDArray> tensors = new LinkedHashMap<>();
        tensors.put("odd floats", Nd4j.createFromArray(0.1f, -2f, 3e-42f, 4f, 5f, 6f, 7f));
        tensors.put("cube", base);
        tensors.put("view", base.slice(2));
        tensors.put("column", base.tensorAlongDimension(1, 1));
        tensors.put("permuted", base.permute(2, 0, 1));
        tensors.put("transposed", base.slice(1).transpose());
        tensors.put("f order", base.slice(3).dup('f'));
        tensors.put("broadcast", Nd4j.ones(DataType.FLOAT, 1, 3).broadcast(4, 3));
        tensors.put("scalar", Nd4j.scalar(DataType.DOUBLE, 2.5));
        tensors.put("longs", Nd4j.createFromArray(1L, -2L, 9_000_000_000L));
        tensors.put("ints", Nd4j.createFromArray(1, Integer.MIN_VALUE));
        tensors.put("weird \" \\ name \u0001 ü", Nd4j.ones(DataType.FLOAT, 1, 1, 1, 1, 1));
        tensors.put("", Nd4j.ones(DataType.FLOAT, 2));
        return tensors;
    }

    @Test
    void theWriterKeepsTheOfficialLayout() throws IOException {
        Path path = dir.resolve("layout.safetensors");
        Map<String, INDArray> tensors = new LinkedHashMap<>();
        tensors.put("f", Tensors.of(new float[] {1, 2, 3}, 3));
        tensors.put("d", Tensors.of(new double[] {4}, 1));
        SafetensorsWriter.write(path, tensors, Map.of());
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(path)).order(ByteOrder.LITTLE_ENDIAN);
        int length = (int) bytes.getLong();
        assertEquals(0, length % 8);
        String header = new String(bytes.array(), 8, length, StandardCharsets.UTF_8);
        assertEquals(
                "{\"d\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,8]},"
                        + "\"f\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[8,20]}}",
                header.stripTrailing());
        assertEquals(8 + length + 20, bytes.capacity());
        assertEquals(4.0, bytes.getDouble(8 + length));
        assertEquals(3f, bytes.getFloat(8 + length + 16));
    }

    @Test
    void emptyTensorsAndEmptyFilesAreFiles() {
        Path path = RawFiles.write(
                dir.resolve("empty"),
                RawFiles.bytes("{\"e\":{\"dtype\":\"F32\",\"shape\":[3,0],\"data_offsets\":[0,0]},"
                        + "\"i\":{\"dtype\":\"I64\",\"shape\":[0],\"data_offsets\":[0,0]}}"));
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            assertArrayEquals(new long[] {3, 0}, file.read("e").shape());
            assertEquals(0, file.readLongs("i").length);
            SafetensorsWriter.write(dir.resolve("again"), Map.of("e", file.read("e")), Map.of());
        }
        try (SafetensorsFile file = SafetensorsFile.open(dir.resolve("again"))) {
            assertArrayEquals(new long[] {3, 0}, file.info("e").shape());
        }
        try (SafetensorsFile file = SafetensorsFile.open(RawFiles.write(path, RawFiles.bytes("{}")))) {
            assertTrue(file.tensors().isEmpty());
        }
    }

    @Test
    void extremeButLawfulShapes() {
        String rank32 = "[1" + ",1".repeat(31) + "]";
        Path path = RawFiles.write(
                dir.resolve("extreme"),
                RawFiles.bytes(
                        "{\"deep\":{\"dtype\":\"F32\",\"shape\":" + rank32 + ",\"data_offsets\":[0,4]},"
                                + "\"wide\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904,0],\"data_offsets\":[4,4]}}",
                        RawFiles.floats(3)));
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            assertEquals(32, file.read("deep").rank());
            assertEquals(3, file.read("deep").sumNumber().doubleValue());
            assertArrayEquals(new long[] {1L << 62, 0}, file.read("wide").shape());
        }
    }

    @Test
    void readsBehindTwoGibibytes() throws IOException {
        long elements = (1L << 29) + 10;
        byte[] json = ("{\"big\":{\"dtype\":\"F32\",\"shape\":[%d],\"data_offsets\":[0,%d]},"
                        + "\"z\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[%d,%d]}}")
                .formatted(elements, 4 * elements, 4 * elements, 4 * elements + 8)
                .getBytes(StandardCharsets.UTF_8);
        Path path = RawFiles.write(dir.resolve("big"), RawFiles.bytes(json.length, json));
        try (RandomAccessFile sparse = new RandomAccessFile(path.toFile(), "rw")) {
            sparse.seek(8 + json.length + 4 * elements);
            sparse.write(RawFiles.floats(1.5f, -2.5f));
        }
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            assertEquals(Tensors.of(new float[] {1.5f, -2.5f}, 2), file.read("z"));
        }
    }

    @Test
    void arraysLargerThanAChunkAreMovedWhole() {
        INDArray x = Nd4j.rand(DataType.FLOAT, 1031, 4099);
        SafetensorsWriter.write(dir.resolve("chunks"), Map.of("x", x), Map.of());
        try (SafetensorsFile file = SafetensorsFile.open(dir.resolve("chunks"))) {
            assertEquals(x, file.read("x"));
        }
    }

    @Test
    void aFileCutShortWhileOpenIsReported() throws IOException {
        Path path = dir.resolve("cut");
        SafetensorsWriter.write(path, Map.of("x", Nd4j.ones(DataType.FLOAT, 100)), Map.of());
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            Files.write(path, new byte[50]);
            TttException e = assertThrows(TttException.class, () -> file.read("x"));
            assertTrue(e.getMessage().contains("cut") && e.getMessage().contains("tensor x"), e.getMessage());
        }
    }

    @Test
    void messagesNameFileAndTensor() {
        Path path = dir.resolve("named.safetensors");
        SafetensorsWriter.write(path, Map.of("x", Nd4j.ones(DataType.FLOAT, 2)), Map.of());
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            assertMessage(() -> file.read("y"), "named.safetensors", "tensor y");
            assertMessage(() -> file.readLongs("x"), "named.safetensors", "tensor x", "F32");
        }
        assertMessage(() -> SafetensorsFile.open(dir.resolve("none")), "none", "no such file");
        assertMessage(() -> SafetensorsFile.open(dir), dir.toString());
        assertMessage(() -> write("b", Nd4j.scalar(true)), "tensor b", "BOOL");
        assertMessage(() -> write("__metadata__", Nd4j.ones(1)), "__metadata__");
        assertFalse(Files.exists(dir.resolve("bad")));
    }

    private void write(String name, INDArray x) {
        SafetensorsWriter.write(dir.resolve("bad"), Map.of(name, x), Map.of());
    }

    private static void assertMessage(Runnable run, String... parts) {
        String message = assertThrows(TttException.class, run::run).getMessage();
        for (String part : parts) {
            assertTrue(message.contains(part), message);
        }
    }
}
