package org.ttt4j.rows;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The Vector API's functions against their plain twins: widths around the vectors' lengths, ranges that begin and end anywhere,
 * results in fresh memory and in place of an operand.
 */
class RowTwinTest {

    private static final float NAN = Float.NaN;
    private static final double EPS = 1e-6;
    private static final double LIMIT = 2e-6;

    private final RowFunctions plain = RowFunctions.plain();
    private final RowFunctions vector = RowFunctions.vector();
    private final Random random = new Random(1);

    private float[] gaussian(int n) {
        float[] x = new float[n];
        for (int i = 0; i < n; i++) {
            x[i] = (float) random.nextGaussian();
        }
        return x;
    }

    private static float[] unwritten(int n) {
        float[] x = new float[n];
        Arrays.fill(x, NAN);
        return x;
    }

    /** Both give the same, and leave the same untouched; returns what the vectors gave. */
    private float[] agree(String name, Function<RowFunctions, float[]> result) {
        float[] expected = result.apply(plain);
        float[] actual = result.apply(vector);
        assertEquals(expected.length, actual.length);
        double largest = 1;
        for (float e : expected) {
            largest = Float.isNaN(e) ? largest : Math.max(largest, Math.abs(e));
        }
        for (int i = 0; i < expected.length; i++) {
            assertEquals(Float.isNaN(expected[i]), Float.isNaN(actual[i]), name + " at " + i);
            double error = Float.isNaN(actual[i]) ? 0 : Math.abs((double) expected[i] - actual[i]) / largest;
            assertTrue(error < LIMIT, name + " at " + i + ": " + expected[i] + ", " + actual[i]);
        }
        return actual;
    }

    private static float[] joined(float[]... xs) {
        float[] all = new float[Arrays.stream(xs).mapToInt(x -> x.length).sum()];
        int at = 0;
        for (float[] x : xs) {
            System.arraycopy(x, 0, all, at, x.length);
            at += x.length;
        }
        return all;
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "3, 5", "15, 1", "16, 4", "17, 3", "31, 2", "65, 9", "129, 2", "768, 3"})
    void norms(int n, int rows) {
        float[] x = gaussian((rows + 2) * n);
        float[] dy = gaussian(x.length);
        float[] w = gaussian(n);
        float[] b = gaussian(n);
        int to = rows + 1;
        agree("rms", f -> {
            float[] y = unwritten(x.length);
            f.norms().rms(x, w, EPS, y, 1, to);
            return y;
        });
        float[] dw = gaussian(2 * n);
        agree("rms gradient", f -> {
            float[] dx = unwritten(x.length);
            float[] sums = Arrays.copyOf(dw, n);
            f.norms().rmsGradient(x, w, EPS, dy, dx, 1, to, sums);
            return joined(dx, sums);
        });
        agree("layer", f -> {
            float[] y = unwritten(x.length);
            f.norms().layer(x, w, b, EPS, y, 1, to);
            return y;
        });
        if (n > 3) { // of one value nothing is left
            agree("layer gradient", f -> {
                float[] dx = unwritten(x.length);
                float[] sums = dw.clone();
                f.norms().layerGradient(x, w, EPS, dy, dx, 1, to, sums);
                return joined(dx, sums);
            });
        }
    }

    @Test
    void normsInPlace() {
        float[] x = gaussian(3 * 33);
        float[] w = gaussian(33);
        for (RowFunctions f : new RowFunctions[] {plain, vector}) {
            float[] y = unwritten(x.length);
            float[] same = x.clone();
            f.norms().layer(x, w, w, EPS, y, 0, 3);
            f.norms().layer(same, w, w, EPS, same, 0, 3);
            assertArrayEquals(y, same);
            float[] d = x.clone();
            f.norms().rmsGradient(x, w, EPS, x, y, 0, 3, new float[33]);
            f.norms().rmsGradient(x, w, EPS, d, d, 0, 3, new float[33]);
            assertArrayEquals(y, d);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 15, 16, 17, 31, 65, 600})
    void gates(int n) {
        float[] x = gaussian(n + 5);
        for (int i = 0; i < x.length; i++) {
            x[i] *= 4;
        }
        float[] y = gaussian(x.length);
        float[] d = gaussian(x.length);
        int to = n + 2;
        agree("gelu", f -> written(x.length, o -> f.gates().gelu(x, y, o, 2, to)));
        agree("swish", f -> written(x.length, o -> f.gates().swish(x, y, o, 2, to)));
        agree("sigmoid", f -> written(x.length, o -> f.gates().sigmoid(0.3f, x, o, 2, to)));
        agree("add", f -> written(x.length, o -> f.linear().add(x, y, o, 2, to)));
        agree("sigmoid gradient", f -> written(x.length, o -> f.gates().sigmoidGradient(0.3f, y, d, o, 2, to)));
        agree("sigmoid gradient, scale 0", f -> written(x.length, o -> f.gates().sigmoidGradient(0, y, d, o, 2, to)));
        agree("gelu gradient", f -> {
            float[] dx = unwritten(x.length);
            return joined(dx, written(x.length, o -> f.gates().geluGradient(x, y, d, dx, o, 2, to)));
        });
        agree("swish gradient", f -> {
            float[] dx = unwritten(x.length);
            return joined(dx, written(x.length, o -> f.gates().swishGradient(x, y, d, dx, o, 2, to)));
        });
        agree("swish gradient in place", f -> {
            float[] a = x.clone();
            float[] b = y.clone();
            f.gates().swishGradient(a, b, d, a, b, 2, to);
            return joined(a, b);
        });
    }

    private static float[] written(int n, Consumer<float[]> body) {
        float[] out = unwritten(n);
        body.accept(out);
        return out;
    }

    /** One entry's result has nothing to do with where its work was cut. */
    @Test
    void gatesAreTheSameInAnyPiece() {
        float[] x = gaussian(67);
        float[] y = gaussian(67);
        float[] whole = written(67, o -> vector.gates().gelu(x, y, o, 0, 67));
        for (int i = 0; i < 67; i++) {
            int at = i;
            float[] one = written(67, o -> vector.gates().gelu(x, y, o, at, at + 1));
            assertEquals(whole[i], one[i]);
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "3, 4", "15, 5", "16, 1", "17, 11", "65, 3"})
    void sums(int n, int rows) {
        float[] x = gaussian((rows + 1) * n);
        float[] start = gaussian(n + 3);
        agree("add to", f -> {
            float[] y = start.clone();
            f.linear().addTo(x, 1, y, 2, n);
            return y;
        });
        agree("columns", f -> {
            float[] sums = Arrays.copyOf(start, n);
            f.linear().columnSums(x, 1, rows + 1, sums);
            return sums;
        });
    }

    @ParameterizedTest
    @CsvSource({"1, 2", "3, 6", "2, 16", "3, 22", "2, 64"})
    void rotation(int heads, int size) {
        float[] x = gaussian(3 * heads * size);
        float[] cos = gaussian(2 * size);
        float[] sin = gaussian(2 * size);
        for (int direction = -1; direction <= 1; direction += 2) {
            float sign = direction;
            agree(
                    "turn",
                    f -> written(
                            x.length, o -> f.linear().turn(cos, sin, size, sign, x, o, heads * size, heads, size)));
            agree(
                    "turn halves",
                    f -> written(x.length, o -> f.linear()
                            .turnHalves(cos, sin, size, sign, x, o, heads * size, heads, size)));
            agree("turn in place", f -> {
                float[] y = x.clone();
                f.linear().turn(cos, sin, size, sign, y, y, heads * size, heads, size);
                return y;
            });
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 1", "3, 4, 5", "15, 4, 4", "16, 4, 9", "17, 4, 1", "31, 2, 6", "65, 4, 11", "65, 5, 3"})
    void convolutions(int n, int count, int rows) {
        float[] x = gaussian((rows + count) * n);
        float[] taps = gaussian((count + 1) * n);
        float[] start = gaussian(rows * n + 1);
        int size = (rows + 1) * n;
        float[] one = agree(
                "slide",
                f -> written(size, y -> f.convolutions().slide(x, n, taps, n, count, start, 1, 0, y, n, rows, n)));
        agree("slide and add", f -> {
            float[] y = Arrays.copyOf(start, size);
            f.convolutions().slide(x, n, taps, n, count, y, n, n, y, n, rows, n);
            return y;
        });
        float[] split = written(size, y -> {
            for (int r = 0; r < rows; r++) {
                int at = (r + 1) * n;
                vector.convolutions().slide(x, at, taps, n, 1, start, 1, 0, y, at, 1, n);
                vector.convolutions().slide(x, at + n, taps, 2 * n, count - 1, y, at, 0, y, at, 1, n);
            }
        });
        if (count > 1) {
            assertArrayEquals(one, split, "tap by tap");
        }
        float[] dy = gaussian(size);
        agree("correlate", f -> {
            float[] sums = taps.clone();
            f.convolutions().correlate(dy, n, x, n, count, sums, n, rows, n);
            return sums;
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 15, 16, 17, 31, 65, 511, 513, 1100})
    void softmax(int n) {
        float[] x = gaussian(n + 4);
        for (int i = 0; i < x.length; i++) {
            x[i] *= 20;
        }
        agree("softmax", f -> {
            float max = f.softmax().max(x, 2, n);
            float[] y = unwritten(x.length);
            double sum = f.softmax().exp(x, 2, n, max, y);
            assertEquals(sum, f.softmax().sumExp(x, 2, n, max), 1e-6 * sum);
            f.softmax().scale(y, 2, n, (float) (1 / sum));
            return joined(y, new float[] {max, (float) sum});
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 15, 16, 17, 31, 65, 5000})
    void updates(int n) {
        float[] g = gaussian(n + 3);
        UpdateRows.AdamW step = new UpdateRows.AdamW(0.5f, 0.9f, 0.1f, 0.95f, 0.05f, 0.01f, 1.1f, 1e-8f, 0.99f);
        agree("AdamW", f -> {
            Random same = new Random(3);
            float[] w = new float[g.length];
            float[] m = new float[g.length];
            float[] v = new float[g.length];
            for (int i = 0; i < g.length; i++) {
                w[i] = same.nextFloat();
                m[i] = same.nextFloat();
                v[i] = same.nextFloat();
            }
            f.updates().adamW(w, g, m, v, step, 1, n + 1);
            return joined(w, m, v);
        });
        agree("norm", f -> new float[] {(float) f.updates().squaredNorm(g, 1, n + 1)});
    }
}
