package org.ttt4j.rows;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** e^x and what is made of it, in float32, against StrictMath in float64. */
class ExponentialTest {

    private static final int N = 20_001;

    private final List<RowFunctions> implementations = List.of(RowFunctions.plain(), RowFunctions.vector());

    private static float[] between(double low, double high) {
        float[] x = new float[N];
        for (int i = 0; i < N; i++) {
            x[i] = (float) (low + (high - low) * i / (N - 1));
        }
        return x;
    }

    private static float[] ones() {
        float[] x = new float[N];
        java.util.Arrays.fill(x, 1);
        return x;
    }

    @Test
    void exponential() {
        float[] x = between(-86.9, 0);
        float[] y = new float[N];
        for (RowFunctions f : implementations) {
            f.softmax().exp(x, 0, N, 0, y);
            for (int i = 0; i < N; i++) {
                assertEquals(1, y[i] / StrictMath.exp(x[i]), 2e-7, "e^" + x[i]);
            }
        }
    }

    @Test
    void sigmoid() {
        float[] x = between(-80, 80);
        float[] y = new float[N];
        for (RowFunctions f : implementations) {
            f.gates().sigmoid(1, x, y, 0, N);
            for (int i = 0; i < N; i++) {
                assertEquals(1, y[i] * (1 + StrictMath.exp(-x[i])), 4e-7, "sigmoid of " + x[i]);
            }
        }
    }

    @Test
    void gelu() {
        float[] x = between(-12, 12);
        float[] y = new float[N];
        float[] slope = new float[N];
        for (RowFunctions f : implementations) {
            f.gates().gelu(x, ones(), y, 0, N);
            f.gates().geluGradient(x, ones(), ones(), slope, new float[N], 0, N);
            for (int i = 0; i < N; i++) {
                double z = x[i];
                double t = StrictMath.tanh(Math.sqrt(2 / Math.PI) * (z + 0.044715 * z * z * z));
                double bend = Math.sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * z * z);
                assertEquals(z * (1 + t) / 2, y[i], 4e-7 * Math.max(1, Math.abs(z)), "gelu of " + z);
                assertEquals((1 + t) / 2 + z * (1 - t * t) / 2 * bend, slope[i], 1e-6, "slope of gelu at " + z);
            }
        }
    }

    @Test
    void silu() {
        float[] x = between(-80, 80);
        float[] y = new float[N];
        float[] slope = new float[N];
        for (RowFunctions f : implementations) {
            f.gates().swish(x, ones(), y, 0, N);
            f.gates().swishGradient(x, ones(), ones(), slope, new float[N], 0, N);
            for (int i = 0; i < N; i++) {
                double s = 1 / (1 + StrictMath.exp(-x[i]));
                assertEquals(x[i] * s, y[i], 4e-7 * Math.max(1, Math.abs(x[i])), "silu of " + x[i]);
                assertEquals(s * (1 + x[i] * (1 - s)), slope[i], 1e-6, "slope of silu at " + x[i]);
            }
        }
    }

    /** Far out results stay finite; what is not a number stays so. */
    @Test
    void limits() {
        float[] x = {-Float.MAX_VALUE, -1e5f, -200, -88, 88, 200, 1e5f, Float.MAX_VALUE};
        float[] one = {1, 1, 1, 1, 1, 1, 1, 1};
        for (RowFunctions f : implementations) {
            float[] y = new float[8];
            float[] dx = new float[8];
            f.gates().gelu(x, one, y, 0, 8);
            finite(y);
            f.gates().geluGradient(x, one, one, dx, y, 0, 8);
            finite(dx);
            assertEquals(1, dx[7]);
            f.gates().swish(x, one, y, 0, 8);
            finite(y);
            f.gates().swishGradient(x, one, one, dx, y, 0, 8);
            finite(dx);
            f.softmax().exp(x, 0, 4, 0, y);
            finite(y);
            float[] none = {Float.NaN};
            f.gates().gelu(none, one, y, 0, 1);
            f.gates().swish(none, one, y, 1, 1);
            f.gates().sigmoid(1, none, dx, 0, 1);
            assertTrue(Float.isNaN(y[0]) && Float.isNaN(dx[0]));
            assertTrue(Double.isNaN(f.softmax().sumExp(none, 0, 1, 0)));
        }
    }

    private static void finite(float[] x) {
        for (float v : x) {
            assertTrue(Float.isFinite(v));
        }
    }
}
