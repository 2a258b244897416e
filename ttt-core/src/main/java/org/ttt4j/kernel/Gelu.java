package org.ttt4j.kernel;

/**
 * The tanh approximation of gelu with its first two derivatives, on rows:
 * {@code gelu(z) = z sigma} with {@code sigma = 1 / (1 + exp(-2 c0 z (1 + c1 z^2)))}, which equals z (1 + tanh(..)) / 2
 * without its cancellation. With {@code tau = 1 - sigma}, T = sigma - tau and 1 - T^2 = 4 sigma tau.
 *
 * <p>The authors' inner derivative and the derivative of gelu itself differ by 3e-10 in rounded constants; in float32 they
 * are one. Each loop stays small enough for C2 to vectorise; only the one that moves bits between int and float is scalar.
 */
final class Gelu {

    /** sqrt(2 / pi) as the authors round it. */
    static final float C0 = 0.79788456f;

    static final float C1 = 0.044715f;
    /** 3 C0 C1 as the authors round it. */
    static final float C3 = 0.1070322243f;

    /** exp underflows to denormal numbers, which are slow, not far beyond. */
    static final float LIMIT = 80;
    /** 1.5 * 2^23: adding it rounds to an integer, which then stands in the lowest bits. */
    static final float ROUND = 12582912f;

    static final float LOG2E = 1.44269504f;
    static final float LN2_HIGH = 0.693359375f;
    static final float LN2_LOW = -2.12194440e-4f;

    /** Coefficients of (e^r - 1 - r) / r^2, the highest last. */
    static final float P0 = 5.0000001201e-1f;

    static final float P1 = 1.6666665459e-1f;
    static final float P2 = 4.1665795894e-2f;
    static final float P3 = 8.3334519073e-3f;
    static final float P4 = 1.3981999507e-3f;
    static final float P5 = 1.9875691500e-4f;

    /** The bits of 1. */
    static final int ONE = 0x3f800000;

    private final float[] exp;
    private final float[] power;

    /** Scratch for rows of up to n values. */
    Gelu(int n) {
        exp = new float[n];
        power = new float[n];
    }

    /** {@code x = gelu(z)}. */
    void value(float[] z, float[] x, int n) {
        exponential(z, n);
        float[] e = exp;
        for (int j = 0; j < n; j++) {
            x[j] = z[j] * (1 / (1 + e[j]));
        }
    }

    /** {@code x = gelu(z)} and {@code slope = gelu'(z)}. */
    void valueAndSlope(float[] z, float[] x, float[] slope, int n) {
        exponential(z, n);
        float[] e = exp;
        float[] s = power;
        for (int j = 0; j < n; j++) {
            s[j] = 1 / (1 + e[j]);
            x[j] = z[j] * s[j];
        }
        for (int j = 0; j < n; j++) {
            slope[j] = s[j] + 2 * x[j] * (e[j] * s[j]) * (C0 + C3 * z[j] * z[j]);
        }
    }

    /** {@code curvature = gelu''(z)}. */
    void curvature(float[] z, float[] curvature, int n) {
        exponential(z, n);
        float[] e = exp;
        for (int j = 0; j < n; j++) {
            float sigma = 1 / (1 + e[j]);
            power[j] = sigma;
            e[j] *= sigma;
        }
        float[] s = power;
        for (int j = 0; j < n; j++) {
            float x = z[j];
            float c = C3 * x * x;
            float w = C0 + c; // d/dz of the tanh's argument: C0 (1 + 3 C1 z^2)
            curvature[j] = 4 * (s[j] * e[j]) * (w + c - x * (s[j] - e[j]) * w * w);
        }
    }

    /** {@code exp = e^(-2 C0 z (1 + C1 z^2))}: Cephes' polynomial after splitting off a power of two. */
    private void exponential(float[] z, int n) {
        float[] e = exp;
        float[] t = power;
        for (int j = 0; j < n; j++) {
            float x = z[j];
            e[j] = Math.max(-LIMIT, Math.min(LIMIT, x * (-2 * C0 - 2 * C0 * C1 * x * x)));
        }
        for (int j = 0; j < n; j++) {
            t[j] = e[j] * LOG2E + ROUND;
        }
        for (int j = 0; j < n; j++) {
            float m = t[j] - ROUND;
            e[j] = e[j] - m * LN2_HIGH - m * LN2_LOW;
        }
        for (int j = 0; j < n; j++) {
            float r = e[j];
            float p = ((((P5 * r + P4) * r + P3) * r + P2) * r + P1) * r + P0;
            e[j] = p * r * r + r + 1;
        }
        for (int j = 0; j < n; j++) {
            e[j] *= Float.intBitsToFloat((Float.floatToRawIntBits(t[j]) << 23) + ONE);
        }
    }
}
