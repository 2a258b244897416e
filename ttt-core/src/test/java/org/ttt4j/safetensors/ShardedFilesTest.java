package org.ttt4j.safetensors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ttt4j.io.AtomicFiles;
import org.ttt4j.param.Init;
import org.ttt4j.param.Param;
import org.ttt4j.param.Values;
import org.ttt4j.tensor.Tensors;
import org.ttt4j.tensor.TttException;

class ShardedFilesTest {

    private static final Map<String, String> METADATA = Map.of("format", "pt");

    @TempDir
    Path dir;

    /** n tensors of 3, 4, 5, ... values, filled with their number. */
    private static List<TensorEntry> entries(int n) {
        List<TensorEntry> entries = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            float[] values = new float[3 + i];
            Arrays.fill(values, i);
            entries.add(new TensorEntry(
                    "t" + i,
                    DType.F32,
                    new long[] {values.length},
                    out -> AtomicFiles.writeFully(out, ByteBuffer.wrap(RawFiles.floats(values)))));
        }
        return entries;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 16, 33, 100, 167})
    void whatIsWrittenInShardsIsReadBack(long limit) {
        List<Path> files = ShardedWriter.write(dir, entries(7), METADATA, limit);
        assertTrue(files.size() > 2 && files.get(files.size() - 1).endsWith(ShardedWriter.INDEX), files.toString());
        try (ShardedFiles all = ShardedFiles.open(dir.resolve(ShardedWriter.INDEX))) {
            assertEquals(7, all.tensors().size());
            assertEquals(METADATA, all.metadata());
            for (int i = 0; i < 7; i++) {
                assertArrayEquals(new long[] {3 + i}, all.info("t" + i).shape());
                assertEquals(i, all.read("t" + i).getDouble(2 + i));
            }
            assertThrows(TttException.class, () -> all.read("t7"));
        }
    }

    @Test
    void fewBytesAreOneFile() {
        assertEquals(List.of(dir.resolve("model.safetensors")), ShardedWriter.write(dir, entries(7), METADATA, 168));
        try (SafetensorsFile file = SafetensorsFile.open(dir.resolve("model.safetensors"))) {
            assertEquals(7, file.tensors().size());
        }
    }

    @Test
    void indexAndFilesMustAgree() throws IOException {
        ShardedWriter.write(dir, entries(2), METADATA, 1);
        Path index = dir.resolve(ShardedWriter.INDEX);
        String good = Files.readString(index);
        String one = "model-00001-of-00002.safetensors";
        String two = "model-00002-of-00002.safetensors";
        for (String bad : List.of(
                good.replace(two, one),
                good.replace(two, "model-00003-of-00002.safetensors"),
                good.replace("\"t0\" :", "\"t0\" : \"" + one + "\", \"t2\" :"),
                good.replace("\"t0\"", "\"t1\""),
                good.replace(one, "../" + dir.getFileName() + "/" + one),
                good.replace(one, "/etc/passwd"),
                good.replace("\"" + one + "\"", "null"),
                good.replace("\"" + one + "\"", "[\"" + one + "\"]"),
                good.replace("weight_map", "weights"),
                good + "{}",
                good.substring(0, good.length() / 2),
                "[]",
                "",
                "[".repeat(100_000))) {
            assertFalse(bad.equals(good));
            Files.writeString(index, bad);
            TttException e = assertThrows(TttException.class, () -> ShardedFiles.open(index), bad);
            assertTrue(e.getMessage().contains(dir.toString()), e.getMessage());
        }
        Files.delete(index);
        assertThrows(TttException.class, () -> ShardedFiles.open(index));
    }

    @Test
    void everyTypeIsRead() {
        ByteBuffer data = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
        data.putDouble(0.1).putLong(-3L << 40).putFloat(1.5f).putInt(-7).putShort((short) 0x3c01);
        data.putShort((short) 0x3f81).put((byte) -128).put((byte) 255);
        String header = "{";
        int at = 0;
        for (DType type :
                List.of(DType.F64, DType.I64, DType.F32, DType.I32, DType.F16, DType.BF16, DType.I8, DType.U8)) {
            header += (at > 0 ? "," : "")
                    + "\"%s\":{\"dtype\":\"%s\",\"shape\":[1,1],\"data_offsets\":[%d,%d]}"
                            .formatted(type, type, at, at + type.bytes());
            at += type.bytes();
        }
        byte[] values = new byte[at];
        data.flip().get(values);
        Path path = RawFiles.write(dir.resolve("all.safetensors"), RawFiles.bytes(header + "}", values));
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            assertEquals(0.1, file.read("F64").getDouble(0));
            assertEquals(1.5, file.read("F32").getDouble(0));
            assertEquals(1 + 0x1p-10, file.read("F16").getDouble(0));
            assertEquals(1 + 0x1p-7, file.read("BF16").getDouble(0));
            assertArrayEquals(new long[] {-3L << 40}, file.readLongs("I64"));
            assertArrayEquals(new long[] {-7}, file.readLongs("I32"));
            assertArrayEquals(new long[] {-128}, file.readLongs("I8"));
            assertArrayEquals(new long[] {255}, file.readLongs("U8"));
            assertArrayEquals(new long[] {1, 1}, file.read("BF16").shape());
        }
    }

    /** Pieces of every size, at every offset, in every floating type. */
    @Test
    void valuesAreReadInPieces() {
        float[] x = new float[105];
        for (int i = 0; i < x.length; i++) {
            x[i] = i / 64f - 0.5f;
        }
        for (DType type : List.of(DType.F64, DType.F32, DType.F16, DType.BF16)) {
            ByteBuffer bytes = ByteBuffer.allocate(x.length * type.bytes());
            Conversion.fromFloats(x, 0, x.length, type, bytes);
            Path path = dir.resolve(type + ".safetensors");
            SafetensorsWriter.write(
                    path,
                    List.of(new TensorEntry(
                            "x", type, new long[] {15, 7}, out -> AtomicFiles.writeFully(out, bytes.flip()))),
                    Map.of());
            try (SafetensorsFile file = SafetensorsFile.open(path)) {
                Values values = new StoredWeights(file).values(new Param("x", Init.zeros(), 15, 7));
                for (int from = 0; from < x.length; from += 13) {
                    int n = Math.min(17, x.length - from);
                    float[] piece = new float[n + 2];
                    values.read(from, piece, 1, n);
                    for (int i = 0; i < n; i++) {
                        assertEquals(Conversion.round(x[from + i], type), piece[1 + i]);
                    }
                }
            }
        }
    }

    @Test
    void matricesInBlocksAreRead() {
        byte[] q = new byte[2 * 33];
        for (int i = 0; i < q.length; i++) {
            q[i] = (byte) (3 * i - 99);
        }
        Param x = new Param("x.weight", Init.zeros(), 2, 33);
        try (SafetensorsFile file = blocks(q, 0.5f, 1, 2, 4)) {
            StoredWeights weights = new StoredWeights(file);
            weights.check(List.of(x));
            float[] all = Tensors.toFloats(weights.read(x));
            for (int i = 0; i < all.length; i++) {
                float scale = new float[] {0.5f, 1, 2, 4}[i / 33 * 2 + i % 33 / 32];
                assertEquals(q[i] * scale, all[i], "value " + i);
            }
            float[] piece = new float[40];
            weights.values(x).read(20, piece, 0, 40);
            assertArrayEquals(Arrays.copyOfRange(all, 20, 60), piece);
        }
        try (SafetensorsFile file = blocks(q, 0.5f, Float.NaN, 2, 4)) {
            assertThrows(TttException.class, () -> new StoredWeights(file).read(x));
        }
        q[40] = -128;
        try (SafetensorsFile file = blocks(q, 0.5f, 1, 2, 4)) {
            assertThrows(TttException.class, () -> new StoredWeights(file).read(x));
        }
        try (SafetensorsFile file = blocks(q, 0.5f, 1, 2, 4)) {
            Param other = new Param("x.weight", Init.zeros(), 33, 2);
            assertThrows(TttException.class, () -> new StoredWeights(file).check(List.of(other)));
        }
    }

    private SafetensorsFile blocks(byte[] q, float... scales) {
        Path path = dir.resolve("blocks.safetensors");
        SafetensorsWriter.write(
                path,
                List.of(
                        new TensorEntry(
                                "x.weight",
                                DType.I8,
                                new long[] {2, 33},
                                out -> AtomicFiles.writeFully(out, ByteBuffer.wrap(q))),
                        new TensorEntry(
                                "x.weight.scales",
                                DType.F32,
                                new long[] {2, 2},
                                out -> AtomicFiles.writeFully(out, ByteBuffer.wrap(RawFiles.floats(scales))))),
                Map.of());
        return SafetensorsFile.open(path);
    }

    @Test
    void aTensorWritesWhatItPromises() {
        Path path = dir.resolve("x.safetensors");
        TensorEntry shortOne = new TensorEntry(
                "x", DType.F32, new long[] {2}, out -> AtomicFiles.writeFully(out, ByteBuffer.allocate(4)));
        TttException e =
                assertThrows(TttException.class, () -> SafetensorsWriter.write(path, List.of(shortOne), Map.of()));
        assertTrue(e.getMessage().contains("tensor x"), e.getMessage());
        assertFalse(Files.exists(path));
    }
}
