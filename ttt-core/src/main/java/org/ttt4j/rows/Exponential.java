package org.ttt4j.rows;

/**
 * e^x of many values at a time, relative error below 2e-7: Cephes' polynomial after splitting off a power of two. Each loop is
 * small enough for C2 to make vector code of it; only the one that moves bits between int and float stays scalar. Serves one
 * thread at a time.
 */
public final class Exponential {

    /** Arguments are clamped to ±this, where results are normal numbers. */
    static final float LIMIT = 87;

    /** 1.5·2^23: adding it rounds to an integer, which then stands in the lowest bits. */
    static final float ROUND = 12582912f;

    static final float LOG2E = 1.44269504f;
    static final float LN2_HIGH = 0.693359375f;
    static final float LN2_LOW = -2.12194440e-4f;

    /** Coefficients of (e^r - 1 - r) / r², the highest last. */
    static final float P0 = 5.0000001201e-1f;

    static final float P1 = 1.6666665459e-1f;
    static final float P2 = 4.1665795894e-2f;
    static final float P3 = 8.3334519073e-3f;
    static final float P4 = 1.3981999507e-3f;
    static final float P5 = 1.9875691500e-4f;

    /** The bits of 1. */
    static final int ONE = 0x3f800000;

    private final float[] power;

    /** For up to n values at a time. */
    public Exponential(int n) {
        power = new float[n];
    }

    /** Replaces the first n values by their exponentials; NaN stays. */
    public void apply(float[] x, int n) {
        clamp(x, n);
        split(x, power, n);
        polynomial(x, power, n);
        scale(x, power, n);
    }

    private static void clamp(float[] x, int n) {
        for (int j = 0; j < n; j++) {
            x[j] = Math.max(-LIMIT, Math.min(LIMIT, x[j]));
        }
    }

    private static void split(float[] x, float[] power, int n) {
        for (int j = 0; j < n; j++) {
            power[j] = x[j] * LOG2E + ROUND;
        }
    }

    private static void polynomial(float[] x, float[] power, int n) {
        for (int j = 0; j < n; j++) {
            float m = power[j] - ROUND;
            float r = x[j] - m * LN2_HIGH - m * LN2_LOW;
            float p = P5 * r + P4;
            p = p * r + P3;
            p = p * r + P2;
            p = p * r + P1;
            p = p * r + P0;
            x[j] = p * r * r + r + 1;
        }
    }

    private static void scale(float[] x, float[] power, int n) {
        for (int j = 0; j < n; j++) {
            x[j] *= Float.intBitsToFloat((Float.floatToRawIntBits(power[j]) << 23) + ONE);
        }
    }
}
