package org.ttt4j.kernel;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MemoryBandwidthTest {

    /** Parts of all sizes, an empty one too, are read without running over. */
    @ParameterizedTest
    @CsvSource({"1, 1000", "3, 1000002", "2, 2", "5, 6"})
    void measures(int threads, int floats) {
        double rate;
        try (MemoryBandwidth memory = new MemoryBandwidth(threads, floats)) {
            rate = memory.read();
        }
        assertTrue(rate > 0 && Double.isFinite(rate), "GB/s: " + rate);
    }
}
