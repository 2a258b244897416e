package org.ttt4j.safetensors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.ttt4j.tensor.Tensors;
import org.ttt4j.tensor.TttException;

/** Whatever a file holds, opening and reading it gives well-shaped tensors or the one exception, and soon. */
class BadSafetensorsTest {

    private static final String HEADER = "{\"__metadata__\":{\"k\":\"v\"},"
            + "\"a\":{\"dtype\":\"F32\",\"shape\":[2,2],\"data_offsets\":[0,16]},"
            + "\"b\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[16,28]}} ";
    private static final byte[] DATA = RawFiles.floats(1, 2, 3, 4, 5, 6, 7);

    @TempDir
    Path dir;

    @Test
    void everySingleBitFlipOfTheHeader() {
        byte[] good = RawFiles.bytes(HEADER, DATA);
        int survivors = 0;
        for (int bit = 0; bit < 8 * (good.length - DATA.length); bit++) {
            byte[] bad = good.clone();
            bad[bit / 8] ^= (byte) (1 << bit % 8);
            survivors += readAll(bad) ? 1 : 0;
        }
        // Flips inside names, metadata and padding leave a good file; flips of the structure never do.
        assertTrue(survivors > 10 && survivors < 400, survivors + " survivors");
    }

    @Test
    void everyTruncationIsRefused() {
        byte[] good = RawFiles.bytes(HEADER, DATA);
        for (int length = 0; length < good.length; length++) {
            assertFalse(readAll(Arrays.copyOf(good, length)), "cut to " + length);
        }
        assertTrue(readAll(good));
        assertFalse(readAll(Arrays.copyOf(good, good.length + 1)), "one byte too many");
    }

    @Test
    void randomEditsOfSeveralBytes() {
        Random random = new Random(7);
        byte[] digits = "0123456789-.eE[]{}\",: ".getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < 2000; i++) {
            byte[] bad = RawFiles.bytes(HEADER, DATA);
            for (int edits = 1 + random.nextInt(4); edits > 0; edits--) {
                bad[8 + random.nextInt(HEADER.length())] = digits[random.nextInt(digits.length)];
            }
            readAll(bad);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, -1, Long.MIN_VALUE, Long.MAX_VALUE, Integer.MAX_VALUE, 99_999_999, 100_000_001})
    void absurdHeaderLengths(long claimed) {
        byte[] json = HEADER.getBytes(StandardCharsets.UTF_8);
        assertTimeout(Duration.ofSeconds(2), () -> assertFalse(readAll(RawFiles.bytes(claimed, json, DATA))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "{",
                "{}{}",
                "{\"a\":1}",
                "{\"a\":null}",
                "{\"a\":[]}",
                "{\"a\":{}}",
                "{\"__metadata__\":{\"k\":1}}",
                "{\"__metadata__\":[]}",
                "{\"__metadata__\":{\"k\":\"v\",\"k\":\"v\"}}",
                "{\"__metadata__\":{},\"__metadata__\":{}}",
                "{'a':{}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}",
                "{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,4]}}",
                "{\"a\":{\"shape\":[1],\"data_offsets\":[0,4]}}",
            })
    void malformedHeaders(String header) {
        assertFalse(readAll(RawFiles.bytes(header)), header);
        assertFalse(readAll(RawFiles.bytes(header, new byte[4])), header);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"F32\" [1] [0]",
                "\"F32\" [1] [0,4,8]",
                "\"F32\" [1] []",
                "\"F32\" [1] [4,8]",
                "\"F32\" [1] [4,0]",
                "\"F32\" [1] [-4,0]",
                "\"F32\" [1] [0,-4]",
                "\"F32\" [1] [0,8]",
                "\"F32\" [2] [0,4]",
                "\"F32\" [-1] [0,4]",
                "\"F32\" [-1,-1] [0,4]",
                "\"F32\" [1.0] [0,4]",
                "\"F32\" [\"1\"] [0,4]",
                "\"F32\" [[1]] [0,4]",
                "\"F32\" [true] [0,4]",
                "\"F32\" [null] [0,4]",
                "\"F32\" 1 [0,4]",
                "\"F32\" {} [0,4]",
                "\"F32\" [1] {}",
                "\"F32\" [1] [0,4.0]",
                "\"F32\" [1] [0,4e0]",
                "\"f32\" [1] [0,4]",
                "\"F33\" [1] [0,4]",
                "\"F8_E4M3\" [4] [0,4]",
                "\"\" [1] [0,4]",
                "32 [1] [0,4]",
                "null [1] [0,4]",
                "\"F32\" [4611686018427387904,4] [0,4]",
                "\"F32\" [4294967296,4294967296] [0,0]",
                "\"F32\" [2305843009213693952] [0,0]",
                "\"F32\" [4611686018427387905] [0,4]",
                "\"F32\" [9223372036854775807] [0,4]",
                "\"F32\" [9223372036854775808] [0,4]",
                "\"F32\" [99999999999999999999999999] [0,4]",
                "\"F32\" [1] [0,18446744073709551620]",
                "\"F32\" [1] [9223372036854775807,9223372036854775807]",
                "\"F32\" [1] [9223372036854775804,-9223372036854775808]",
                "\"F32\" [1000000000000] [0,4000000000000]",
                "\"F32\" [1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1] [0,4]",
            })
    void badEntriesNameTheTensor(String entry) {
        String[] part = entry.split(" ");
        String header = "{\"the.key\":{\"dtype\":%s,\"shape\":%s,\"data_offsets\":%s}}".formatted((Object[]) part);
        Path path = RawFiles.write(dir.resolve("bad.safetensors"), RawFiles.bytes(header, RawFiles.floats(1)));
        TttException e = assertThrows(TttException.class, () -> SafetensorsFile.open(path));
        assertTrue(e.getMessage().contains("bad.safetensors"), e.getMessage());
        boolean about = e.getMessage().contains("the.key") || e.getMessage().contains("bytes of values");
        assertTrue(about, e.getMessage());
    }

    @Test
    void overlapsGapsAndDuplicates() {
        String a = "\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}";
        String b = "\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[%d,%d]}";
        byte[] data = RawFiles.floats(1, 2, 3, 4);
        assertTrue(readAll(RawFiles.bytes("{" + a + "," + b.formatted(8, 16) + "}", data)));
        assertFalse(readAll(RawFiles.bytes("{" + a + "," + b.formatted(4, 12) + "}", data)), "overlap");
        assertFalse(readAll(RawFiles.bytes("{" + a + "," + b.formatted(0, 8) + "}", data)), "same range");
        assertFalse(readAll(RawFiles.bytes("{" + a + "," + b.formatted(12, 20) + "}", data)), "gap");
        assertFalse(readAll(RawFiles.bytes("{" + b.formatted(8, 16) + "}", data)), "gap at the start");
        assertFalse(readAll(RawFiles.bytes("{" + a + "}", data)), "unclaimed bytes at the end");
        assertFalse(readAll(RawFiles.bytes("{" + a + "," + a + "}", data)), "duplicate key");
        String escaped = a.replace("\"a\"", "\"\\u0061\"").replace("[0,8]", "[8,16]");
        assertFalse(readAll(RawFiles.bytes("{" + a + "," + escaped + "}", data)), "duplicate key in disguise");
        String twice = a.replace("\"shape\":[2]", "\"shape\":[2],\"shape\":[2]");
        assertFalse(readAll(RawFiles.bytes("{" + twice + "," + b.formatted(8, 16) + "}", data)), "duplicate field");
        String more = a.replace("\"shape\"", "\"more\":1,\"shape\"");
        assertFalse(readAll(RawFiles.bytes("{" + more + "," + b.formatted(8, 16) + "}", data)), "unknown field");
    }

    @Test
    void depthAndLengthCostLittle() {
        assertTimeout(Duration.ofSeconds(5), () -> {
            assertFalse(readAll(RawFiles.bytes("{\"a\":" + "[".repeat(1_000_000))));
            assertFalse(readAll(RawFiles.bytes("{\"a\":".repeat(500_000))));
            assertFalse(readAll(RawFiles.bytes("{\"" + "a".repeat(2_000_000) + "\":1}")));
            assertFalse(readAll(RawFiles.bytes("{\"a\":{\"shape\":[" + "1,".repeat(1_000_000) + "1]}}")));
            assertFalse(readAll(RawFiles.bytes("{\"a\":{\"shape\":[" + "9".repeat(1_000_000) + "]}}")));
            assertTrue(readAll(RawFiles.bytes("{" + " ".repeat(2_000_000) + "}")));
        });
    }

    @Test
    void otherEncodingsAreRefused() {
        assertFalse(readAll(rawHeader("{}".getBytes(StandardCharsets.UTF_16LE))));
        assertFalse(readAll(rawHeader(new byte[] {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF, '{', '}'})));
        assertFalse(readAll(rawHeader(new byte[] {'{', '"', (byte) 0xC0, (byte) 0x80, '"', ':', '1', '}'})));
        assertFalse(readAll(rawHeader(" {}".getBytes(StandardCharsets.UTF_8))));
    }

    private static byte[] rawHeader(byte[] json) {
        return RawFiles.bytes(json.length, json);
    }

    /** Whether the file can be read; what it gives is then checked. Anything but the one exception fails the test. */
    private boolean readAll(byte[] bytes) {
        Path path = RawFiles.write(dir.resolve("x.safetensors"), bytes);
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            for (TensorInfo info : file.tensors().values()) {
                INDArray x = file.read(info.name());
                assertEquals(info.count(), x.length());
                if (x.length() > 0) {
                    assertTrue(Arrays.stream(Tensors.toDoubles(x)).allMatch(Double::isFinite));
                }
            }
            return true;
        } catch (TttException e) {
            assertTrue(e.getMessage().contains("x.safetensors"), e.getMessage());
            return false;
        }
    }
}
