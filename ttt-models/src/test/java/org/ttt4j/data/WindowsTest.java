package org.ttt4j.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ttt4j.tensor.TttException;

class WindowsTest {

    /** The token at every index is the index. */
    private static Tokens text(int length) {
        return Tokens.of(1000, IntStream.range(0, length).toArray());
    }

    @Test
    void randomWindowsReachEveryStartAndNoOther() {
        RandomWindows windows = new RandomWindows(text(13), 3, 5, 1);
        Set<Integer> starts = new HashSet<>();
        for (int i = 0; i < 200; i++) {
            Batch batch = windows.next();
            assertEquals(15, batch.targetCount());
            for (int b = 0; b < 3; b++) {
                int start = batch.inputs()[b][0];
                starts.add(start);
                assertArrayEquals(IntStream.range(start, start + 5).toArray(), batch.inputs()[b]);
                assertArrayEquals(IntStream.range(start + 1, start + 6).toArray(), batch.targets()[b]);
            }
        }
        assertEquals(Set.of(0, 1, 2, 3, 4, 5, 6, 7), starts);
        assertFalse(windows.continues());
    }

    @Test
    void theOnlyWindowOfAShortText() {
        assertEquals(0, new RandomWindows(text(6), 1, 5, 9).next().inputs()[0][0]);
        assertThrows(TttException.class, () -> new RandomWindows(text(5), 1, 5, 9));
        assertThrows(TttException.class, () -> new RandomWindows(text(50), 0, 5, 9));
        assertThrows(TttException.class, () -> new RandomWindows(text(50), 1, 0, 9));
    }

    @Test
    void seedsAndPositionsDecideEverything() {
        RandomWindows one = new RandomWindows(text(500), 4, 7, 42);
        RandomWindows two = new RandomWindows(text(500), 4, 7, 42);
        assertArrayEquals(one.next().inputs(), two.next().inputs());
        one.next();
        RandomWindows three = new RandomWindows(text(500), 4, 7, 0);
        three.seek(one.position());
        Batch expected = one.next();
        assertArrayEquals(expected.inputs(), three.next().inputs());
        assertFalse(Arrays.deepEquals(
                expected.inputs(), new RandomWindows(text(500), 4, 7, 43).next().inputs()));
    }

    @Test
    void sequentialStreamsGoOnWhereTheyWere() {
        SequentialWindows windows = new SequentialWindows(text(24), 2, 5);
        assertEquals(2, windows.windows());
        for (int round = 0; round < 2; round++) {
            assertFalse(windows.continues());
            assertStarts(windows.next(), 0, 11);
            assertTrue(windows.continues());
            assertEquals(1, windows.position());
            assertStarts(windows.next(), 5, 16);
        }
        windows.seek(1);
        assertTrue(windows.continues());
        assertStarts(windows.next(), 5, 16);
        assertThrows(TttException.class, () -> windows.seek(2));
        assertThrows(TttException.class, () -> windows.seek(-1));
        assertThrows(TttException.class, () -> new SequentialWindows(text(10), 2, 5));
        assertEquals(1, new SequentialWindows(text(11), 2, 5).windows());
    }

    private static void assertStarts(Batch batch, int... starts) {
        assertArrayEquals(
                starts, Arrays.stream(batch.inputs()).mapToInt(x -> x[0]).toArray());
        assertArrayEquals(
                starts, Arrays.stream(batch.targets()).mapToInt(x -> x[0] - 1).toArray());
    }

    @ParameterizedTest
    @CsvSource({"2, 1, 1", "2, 3, 5", "11, 5, 2", "12, 5, 2", "13, 5, 2", "16, 5, 2", "17, 5, 2", "100, 7, 4", "8, 7, 4"
    })
    void everyTargetIsEvaluatedOnce(int tokens, int length, int batchSize) {
        EvaluationWindows windows = new EvaluationWindows(text(tokens), batchSize, length);
        List<Integer> targets = new ArrayList<>();
        List<Integer> sizes = new ArrayList<>();
        for (Batch batch : windows) {
            assertTrue(batch.inputs().length <= batchSize);
            for (int b = 0; b < batch.inputs().length; b++) {
                assertEquals(batch.inputs()[0].length, batch.inputs()[b].length, "one length in a batch");
                sizes.add(batch.inputs()[b].length);
                Arrays.stream(batch.targets()[b]).forEach(targets::add);
                assertEquals(batch.inputs()[b][0] + 1, batch.targets()[b][0]);
            }
        }
        assertEquals(IntStream.range(1, tokens).boxed().toList(), targets);
        assertEquals(windows.targetCount(), targets.size());
        for (int size : sizes.subList(0, sizes.size() - 1)) {
            assertEquals(length, size);
        }
    }

    @Test
    void aTextWithoutATargetCannotBeEvaluated() {
        assertThrows(TttException.class, () -> new EvaluationWindows(text(1), 1, 5));
        assertThrows(TttException.class, () -> new EvaluationWindows(text(0), 1, 5));
    }
}
