package org.ttt4j.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class HalfPrecisionTest {

    @Test
    void everyFloat16ComesBack() {
        for (int bits = 0; bits < 1 << 16; bits++) {
            float x = Float16.widen((short) bits);
            boolean nan = (bits & 0x7c00) == 0x7c00 && (bits & 0x3ff) != 0;
            assertEquals(nan, Float.isNaN(x));
            if (!nan) {
                assertEquals((short) bits, Float16.of(x));
                assertEquals(definition(bits), x);
            }
        }
        assertTrue(Float.isNaN(Float16.widen(Float16.of(Float.NaN))));
    }

    /** The standard's formula. */
    private static double definition(int bits) {
        int exponent = bits >> 10 & 0x1f;
        int fraction = bits & 0x3ff;
        double sign = bits >> 15 == 0 ? 1 : -1;
        if (exponent == 0x1f) {
            return sign * Double.POSITIVE_INFINITY;
        }
        return sign * (exponent == 0 ? fraction * 0x1p-24 : (1024 + fraction) * Math.pow(2, exponent - 25));
    }

    /** Between any two neighbours: below the middle goes down, above goes up, the middle to the even one. */
    @Test
    void float16RoundsToNearestEven() {
        for (int bits = 0; bits < 0x7bff; bits++) {
            float low = Float16.widen((short) bits);
            float high = Float16.widen((short) (bits + 1));
            float middle = (low + high) / 2;
            assertEquals(bits, Float16.of(Math.nextDown(middle)));
            assertEquals(bits + 1, Float16.of(Math.nextUp(middle)));
            assertEquals(bits % 2 == 0 ? bits : bits + 1, Float16.of(middle));
            assertEquals((short) (bits + 1 | 0x8000), Float16.of(-Math.nextUp(middle)));
        }
        assertEquals(0x7bff, Float16.of(65519.996f));
        assertEquals(0x7c00, Float16.of(65520f));
        assertEquals(0x7c00, Float16.of(Float.MAX_VALUE));
        assertEquals(0, Float16.of(0x1p-25f));
        assertEquals((short) 0x8000, Float16.of(-0f));
    }

    @Test
    void bfloat16RoundsToNearestEven() {
        for (int bits = 0; bits < 0x7f7f; bits++) {
            float low = Bfloat16.widen((short) bits);
            float middle = Float.intBitsToFloat(bits << 16 | 0x8000);
            assertEquals(bits, Bfloat16.of(low));
            assertEquals(bits, Bfloat16.of(Math.nextDown(middle)));
            assertEquals(bits + 1, Bfloat16.of(Math.nextUp(middle)));
            assertEquals(bits % 2 == 0 ? bits : bits + 1, Bfloat16.of(middle));
        }
    }
}
