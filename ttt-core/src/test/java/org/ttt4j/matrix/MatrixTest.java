package org.ttt4j.matrix;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.ttt4j.tensor.TttException;

/** Packed matrices against sums in double over the rounded values. */
class MatrixTest {

    private static final int[] ROWS = {1, 2, 3, 4, 5, 7, 8, 9, 17, 130};

    static Stream<Arguments> shapes() {
        int[][] shapes = {
            {1, 1}, {12, 33}, {31, 32}, {32, 31}, {33, 300}, {64, 128}, {65, 129}, {127, 64}, {128, 33}, {344, 100}
        };
        return Arrays.stream(WeightType.values())
                .flatMap(type -> Arrays.stream(shapes).map(s -> Arguments.of(type, s[0], s[1])));
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void productsAreSumsOverRoundedValues(WeightType type, int outputs, int inputs) {
        float[] W = gaussian(outputs * inputs, 1);
        float[] rounded = W.clone();
        type.round(rounded, inputs);
        Matrix matrix = packed(type, outputs, inputs, W);
        float[] bias = gaussian(outputs, 2);
        for (int rows : ROWS) {
            float[] x = gaussian(3 + rows * inputs, 3);
            float[] y = multiply(matrix, x, 3, rows, bias);
            for (int t = 0; t < rows; t++) {
                for (int o = 0; o < outputs; o++) {
                    double sum = bias[o];
                    double size = Math.abs(bias[o]);
                    for (int i = 0; i < inputs; i++) {
                        double term = (double) x[3 + t * inputs + i] * rounded[o * inputs + i];
                        sum += term;
                        size += Math.abs(term);
                    }
                    assertEquals(sum, y[t * outputs + o], 1e-6 * size, "row " + t + " of " + rows + ", output " + o);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void aRowsBitsDoNotDependOnItsNeighbours(WeightType type, int outputs, int inputs) {
        Matrix matrix = packed(type, outputs, inputs, gaussian(outputs * inputs, 4));
        float[] x = gaussian(130 * inputs, 5);
        float[] all = multiply(matrix, x, 0, 130, null);
        for (int rows : ROWS) {
            int first = 130 - rows;
            float[] some = multiply(matrix, x, first * inputs, rows, null);
            assertArrayEquals(Arrays.copyOfRange(all, first * outputs, 130 * outputs), some, "rows " + rows);
        }
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void everyPieceCanBeTouched(WeightType type, int outputs, int inputs) {
        Matrix matrix = packed(type, outputs, inputs, gaussian(outputs * inputs, 9));
        for (int pair = 0; pair < matrix.pairs(); pair++) {
            for (int piece = 0; piece < matrix.pieces(); piece++) {
                matrix.touchPair(pair, piece);
            }
        }
        assertTrue(2 * matrix.pairs() <= matrix.panels());
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void readingGivesTheRoundedValues(WeightType type, int outputs, int inputs) {
        float[] W = gaussian(outputs * inputs, 6);
        Matrix matrix = packed(type, outputs, inputs, W);
        type.round(W, inputs);
        float[] read = new float[outputs * inputs];
        for (int o = 0; o < outputs; o++) {
            matrix.read(o, read, o * inputs);
        }
        assertArrayEquals(W, read);
        for (int first : new int[] {0, inputs / 2}) {
            int n = inputs - first;
            float[] part = new float[outputs * (n + 3) + 5];
            for (int panel = 0; panel < matrix.panels(); panel++) {
                matrix.read(panel, first, n, part, 5 + panel * Matrix.PANEL * (n + 3), n + 3);
            }
            for (int o = 0; o < outputs; o++) {
                int at = 5 + o * (n + 3);
                assertArrayEquals(
                        Arrays.copyOfRange(W, o * inputs + first, (o + 1) * inputs),
                        Arrays.copyOfRange(part, at, at + n));
                assertArrayEquals(new float[3], Arrays.copyOfRange(part, at + n, at + n + 3));
            }
        }
        float[] again = W.clone();
        type.round(again, inputs);
        assertArrayEquals(W, again, type == WeightType.Q8_0 ? 1e-6f : 0, "rounding twice is rounding once");
    }

    @ParameterizedTest
    @EnumSource(WeightType.class)
    void roundingErrorIsWhatTheTypeAllows(WeightType type) {
        float[] W = gaussian(7 * 100, 7);
        float[] rounded = W.clone();
        type.round(rounded, 100);
        for (int i = 0; i < W.length; i++) {
            int begin = i / 100 * 100 + i % 100 / 32 * 32;
            float largest = 0;
            for (int j = begin; j < Math.min(begin + 32, i / 100 * 100 + 100); j++) {
                largest = Math.max(largest, Math.abs(W[j]));
            }
            double allowed =
                    switch (type) {
                        case FLOAT32 -> 0;
                        case BFLOAT16 -> Math.abs(W[i]) / 256;
                        case Q8_0 -> 0.501 * largest / 127;
                    };
            assertTrue(Math.abs(rounded[i] - W[i]) <= allowed, W[i] + " became " + rounded[i]);
        }
    }

    @ParameterizedTest
    @EnumSource(WeightType.class)
    void zerosStayZeros(WeightType type) {
        float[] zeros = new float[5 * 40];
        type.round(zeros, 40);
        assertArrayEquals(new float[5 * 40], zeros);
        assertArrayEquals(new float[2 * 5], multiply(packed(type, 5, 40, zeros), gaussian(2 * 40, 8), 0, 2, null));
    }

    @ParameterizedTest
    @EnumSource(WeightType.class)
    void bytesAreWhatAProductReads(WeightType type) {
        double perWeight = (double) Matrix.of(type, 640, 640).bytes() / (640 * 640);
        double expected =
                switch (type) {
                    case FLOAT32 -> 4;
                    case BFLOAT16 -> 2;
                    case Q8_0 -> 1 + 4.0 / 32;
                };
        assertEquals(expected, perWeight, 1e-4);
        assertEquals(type, WeightType.named(type.label()));
    }

    @ParameterizedTest
    @EnumSource(WeightType.class)
    void tooLargeForAnArray(WeightType type) {
        assertThrows(TttException.class, () -> Matrix.of(type, 1 << 20, 1 << 12));
    }

    private static Matrix packed(WeightType type, int outputs, int inputs, float[] W) {
        Matrix matrix = Matrix.of(type, outputs, inputs);
        for (int panel = 0; panel < matrix.panels(); panel++) {
            matrix.pack(panel, W, panel * Matrix.PANEL * matrix.inputs());
        }
        return matrix;
    }

    private static float[] multiply(Matrix matrix, float[] x, int at, int rows, float[] bias) {
        float[] y = new float[rows * matrix.outputs()];
        Arrays.fill(y, Float.NaN);
        PanelScratch scratch = new PanelScratch();
        int pairs = rows == 1 ? matrix.pairs() : 0;
        for (int pair = 0; pair < pairs; pair++) {
            matrix.multiplyPair(pair, x, at, bias, y, 0);
        }
        for (int panel = 2 * pairs; panel < matrix.panels(); panel++) {
            matrix.multiply(panel, x, at, rows, bias, y, 0, scratch);
        }
        return y;
    }

    private static float[] gaussian(int n, long seed) {
        Random random = new Random(seed);
        float[] x = new float[n];
        for (int i = 0; i < n; i++) {
            x[i] = (float) random.nextGaussian();
        }
        return x;
    }
}
