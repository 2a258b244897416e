package org.ttt4j.matrix;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ttt4j.tensor.Bfloat16;

class VectorRoundingTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 15, 16, 17, 33, 100})
    void roundsAndWidensAsOneByOne(int n) {
        Random random = new Random(n);
        float[] x = new float[n + 2];
        for (int i = 0; i < x.length; i++) {
            x[i] = Float.intBitsToFloat(random.nextInt() & 0xbfffffff); // any size, finite
        }
        x[2] = Float.intBitsToFloat(0x3f808000); // halfway: to even
        short[] rounded = new short[n];
        VectorRounding.round(x, 2, rounded, n);
        float[] widened = new float[n + 1];
        VectorRounding.widen(rounded, 0, widened, 1, n);
        float[] expected = new float[n + 1];
        for (int i = 0; i < n; i++) {
            assertEquals(Bfloat16.of(x[2 + i]), rounded[i], "value " + x[2 + i]);
            expected[1 + i] = Bfloat16.widen(rounded[i]);
        }
        assertEquals(1f, expected[1]);
        assertArrayEquals(expected, widened);
    }
}
