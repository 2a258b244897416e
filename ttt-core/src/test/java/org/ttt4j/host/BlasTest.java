package org.ttt4j.host;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BlasTest {

    private static final int OFFSET = 3;

    static Stream<Blas> blas() {
        return Stream.of(new OpenBlas(), new Nd4jBlas());
    }

    @Test
    void theCpuBackendIsCalledDirectly() {
        assertTrue(OpenBlas.available());
        assertTrue(Blas.ofBackend() instanceof OpenBlas);
    }

    @ParameterizedTest
    @MethodSource("blas")
    void productsAreThoseOfPlainLoops(Blas blas) {
        int[][] sizes = {{1, 1, 1}, {1, 37, 64}, {2, 5, 7}, {3, 64, 31}, {8, 16, 16}, {9, 16, 48}, {67, 41, 29}};
        for (int[] mnk : sizes) {
            for (int turns = 0; turns < 8; turns++) {
                check(blas, mnk[0], mnk[1], mnk[2], (turns & 1) != 0, (turns & 2) != 0, (turns & 4) != 0);
            }
        }
    }

    private static void check(Blas blas, int m, int n, int k, boolean turnA, boolean turnB, boolean add) {
        Random random = new Random(m + n + k);
        float[] a = random(random, m * k);
        float[] b = random(random, k * n);
        float[] c = random(random, m * n);
        if (!add) {
            Arrays.fill(c, Float.NaN); // memory that is used again may hold anything
        }
        float[] expected = new float[m * n];
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                double sum = add ? c[i * n + j] : 0;
                for (int l = 0; l < k; l++) {
                    sum += (double) a[turnA ? l * m + i : i * k + l] * b[turnB ? j * k + l : l * n + j];
                }
                expected[i * n + j] = (float) sum;
            }
        }
        try (BlasBuffer A = buffer(a);
                BlasBuffer B = buffer(b);
                BlasBuffer C = buffer(c)) {
            BlasMatrix left = A.matrix(OFFSET, turnA ? k : m, turnA ? m : k);
            BlasMatrix right = B.matrix(OFFSET, turnB ? n : k, turnB ? k : n);
            blas.multiply(left, turnA, right, turnB, add, C.matrix(OFFSET, m, n));
            float[] result = new float[m * n];
            C.get(OFFSET, result, 0, m * n);
            assertArrayEquals(expected, result, 2e-5f, m + "x" + n + "x" + k + " " + turnA + " " + turnB + " " + add);
        }
    }

    private static float[] random(Random random, int n) {
        float[] x = new float[n];
        for (int i = 0; i < n; i++) {
            x[i] = random.nextFloat() - 0.5f;
        }
        return x;
    }

    private static BlasBuffer buffer(float[] x) {
        BlasBuffer buffer = new BlasBuffer();
        buffer.reserve(OFFSET + x.length);
        buffer.put(OFFSET, x, 0, x.length);
        return buffer;
    }
}
