package org.ttt4j.host;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ttt4j.kernel.SmallProducts;
import org.ttt4j.kernel.SmallProducts.Memory;

class OpenBlasSmallProductsTest {

    private final SmallProducts products = new SmallProductsFinder().find();
    private final Random random = new Random(1);

    private float[] random(int n) {
        float[] x = new float[n];
        for (int i = 0; i < n; i++) {
            x[i] = (float) random.nextGaussian();
        }
        return x;
    }

    private Memory memory(float[] values) {
        Memory memory = products.allocate(values.length);
        memory.put(0, values, 0, values.length);
        return memory;
    }

    /** All forms, in larger arrays, whose other values stay as they are. */
    @ParameterizedTest
    @CsvSource({
        "1, 1, 1",
        "1, 64, 64",
        "2, 7, 5",
        "2, 64, 1",
        "3, 5, 2",
        "13, 17, 19",
        "16, 64, 64",
        "16, 256, 64",
        "5, 131, 6"
    })
    void multiplies(int m, int n, int k) {
        for (int form = 0; form < 8; form++) {
            boolean ta = (form & 1) != 0;
            boolean tb = (form & 2) != 0;
            float beta = (form & 4) != 0 ? 1 : 0;
            int lda = (ta ? m : k) + 3;
            int ldb = (tb ? k : n) + 1;
            int ldc = n + 2;
            float[] a = random(4 + (ta ? k : m) * lda);
            float[] b = random(5 + (tb ? n : k) * ldb);
            float[] c = random(6 + m * ldc);
            float[] expected = c.clone();
            for (int i = 0; i < m; i++) {
                for (int j = 0; j < n; j++) {
                    double sum = 0;
                    for (int p = 0; p < k; p++) {
                        double x = a[4 + (ta ? p * lda + i : i * lda + p)];
                        sum += x * b[5 + (tb ? j * ldb + p : p * ldb + j)];
                    }
                    int at = 6 + i * ldc + j;
                    expected[at] = (float) (-0.5 * sum + beta * c[at]);
                    c[at] = beta == 0 ? Float.NaN : c[at];
                }
            }
            try (Memory A = memory(a);
                    Memory B = memory(b);
                    Memory C = memory(c)) {
                products.multiply(ta, tb, m, n, k, -0.5f, A, 4, lda, B, 5, ldb, beta, C, 6, ldc);
                C.get(0, c, 0, c.length);
                assertArrayEquals(expected, c, 1e-5f * k, "form " + form);
            }
        }
    }

    /** A matrix may be both factors. */
    @Test
    void multipliesAMatrixByItself() {
        float[] c = new float[4];
        try (Memory A = memory(new float[] {1, 2, 3, 4, 5, 6});
                Memory C = memory(new float[4])) {
            products.multiply(false, true, 2, 2, 2, 1, A, 0, 2, A, 2, 2, 0, C, 0, 2);
            C.get(0, c, 0, 4);
        }
        assertArrayEquals(new float[] {11, 17, 25, 39}, c);
    }

    @Test
    void memoryBeginsWithZeros() {
        assertNotNull(products);
        for (int i = 0; i < 20; i++) {
            float[] values = new float[1000];
            Arrays.fill(values, 7);
            try (Memory first = memory(values);
                    Memory second = products.allocate(1000)) {
                second.get(0, values, 0, 1000);
                assertEquals(0, values[0] + values[999]);
            }
        }
    }
}
