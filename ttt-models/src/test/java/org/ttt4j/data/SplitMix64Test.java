package org.ttt4j.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class SplitMix64Test {

    @Test
    void givesThePublishedNumbers() {
        SplitMix64 random = new SplitMix64(1234567);
        assertEquals(6457827717110365317L, random.nextLong());
        assertEquals(3203168211198807973L, random.nextLong());
        assertEquals("9817491932198370423", Long.toUnsignedString(random.nextLong()));
        assertEquals(4593380528125082431L, random.nextLong());
        assertEquals("16408922859458223821", Long.toUnsignedString(random.nextLong()));
    }

    @Test
    void aSavedStateGoesOnExactly() {
        SplitMix64 random = new SplitMix64(5);
        random.nextLong();
        SplitMix64 other = new SplitMix64(0);
        other.restore(random.state());
        assertEquals(random.nextLong(), other.nextLong());
        assertEquals(random.nextInt(1000), other.nextInt(1000));
    }

    @Test
    void boundedNumbersAreUniform() {
        SplitMix64 random = new SplitMix64(11);
        int[] seen = new int[7];
        double sum = 0;
        for (int i = 0; i < 70_000; i++) {
            seen[random.nextInt(7)]++;
            sum += random.nextDouble();
        }
        for (int count : seen) {
            assertEquals(10_000, count, 400);
        }
        assertEquals(0.5, sum / 70_000, 0.005);
        assertEquals(0, random.nextInt(1));
        assertTrue(random.nextInt(Integer.MAX_VALUE) >= 0);
    }
}
