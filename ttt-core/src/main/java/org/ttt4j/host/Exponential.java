package org.ttt4j.host;

/**
 * e^x of many values at a time, relative error below 2e-7: Cephes' polynomial after splitting off a power of two. Each loop is
 * small enough for the JIT compiler to vectorise. Serves one thread at a time.
 */
final class Exponential {

    /** Values that are done together: they stay in the innermost cache. */
    static final int PIECE = 512;

    /** Arguments are clamped to where results are normal numbers. */
    private static final float MIN = -87;

    private static final float MAX = 87;
    /** 1.5·2^23: adding it rounds to an integer, which then stands in the lowest bits. */
    private static final float ROUND = 12582912f;

    private static final float LOG2E = 1.44269504f;
    private static final float LN2_HIGH = 0.693359375f;
    private static final float LN2_LOW = -2.12194440e-4f;

    private final float[] power = new float[PIECE];

    /** Replaces n values, at most {@link #PIECE}, by their exponentials. */
    void apply(float[] x, int n) {
        split(x, power, n);
        polynomial(x, power, n);
        scale(x, power, n);
    }

    private static void split(float[] x, float[] power, int n) {
        for (int j = 0; j < n; j++) {
            float v = x[j];
            v = v > MAX ? MAX : v;
            v = v < MIN ? MIN : v;
            x[j] = v;
            power[j] = v * LOG2E + ROUND;
        }
    }

    private static void polynomial(float[] x, float[] power, int n) {
        for (int j = 0; j < n; j++) {
            float m = power[j] - ROUND;
            float r = x[j] - m * LN2_HIGH - m * LN2_LOW;
            float p = 1.9875691500e-4f * r + 1.3981999507e-3f;
            p = p * r + 8.3334519073e-3f;
            p = p * r + 4.1665795894e-2f;
            p = p * r + 1.6666665459e-1f;
            p = p * r + 5.0000001201e-1f;
            x[j] = p * r * r + r + 1;
        }
    }

    private static void scale(float[] x, float[] power, int n) {
        for (int j = 0; j < n; j++) {
            x[j] *= Float.intBitsToFloat((Float.floatToRawIntBits(power[j]) << 23) + 0x3f800000);
        }
    }
}
