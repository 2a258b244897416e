package org.ttt4j.host;

/** Float32 functions that cost a few nanoseconds, and reductions in several partial sums. */
final class FloatMath {

    /** 1.5·2^23: adding it rounds to an integer, which then stands in the lowest bits. */
    private static final float ROUND = 12582912f;

    private static final float LOG2E = 1.44269504f;
    private static final float LN2_HIGH = 0.693359375f;
    private static final float LN2_LOW = -2.12194440e-4f;
    private static final float EXP_MIN = -87f;
    private static final float EXP_MAX = 88f;

    private static final float GELU_C0 = 0.7978845608028654f; // √(2/π)
    private static final float GELU_C1 = 0.044715f;

    private FloatMath() {}

    /** e^x, relative error below 1e-7; 0 below -87. The polynomial is that of Cephes' expf. */
    static float exp(float x) {
        if (!(x > EXP_MIN)) {
            return x <= EXP_MIN ? 0 : Float.NaN;
        }
        if (x > EXP_MAX) {
            return Float.POSITIVE_INFINITY;
        }
        float t = x * LOG2E + ROUND;
        float n = t - ROUND;
        float r = x - n * LN2_HIGH - n * LN2_LOW;
        float p = 1.9875691500e-4f * r + 1.3981999507e-3f;
        p = p * r + 8.3334519073e-3f;
        p = p * r + 4.1665795894e-2f;
        p = p * r + 1.6666665459e-1f;
        p = p * r + 5.0000001201e-1f;
        return (p * r * r + r + 1) * Float.intBitsToFloat((Float.floatToRawIntBits(t) << 23) + 0x3f800000);
    }

    static float sigmoid(float x) {
        return 1 / (1 + exp(-x));
    }

    /** {@code σ(2u)} with {@code u = √(2/π)(x + 0.044715 x³)}: the tanh approximation of gelu is x times it. */
    static float geluSigma(float x) {
        return sigmoid(2 * GELU_C0 * x * (1 + GELU_C1 * x * x));
    }

    /** Derivative of {@code x σ} at x, where σ is {@link #geluSigma} of x. */
    static float geluSlope(float x, float sigma) {
        return sigma + x * sigma * (1 - sigma) * 2 * GELU_C0 * (1 + 3 * GELU_C1 * x * x);
    }

    static float dot(float[] x, int xAt, float[] y, int yAt, int n) {
        float s0 = 0;
        float s1 = 0;
        float s2 = 0;
        float s3 = 0;
        float s4 = 0;
        float s5 = 0;
        float s6 = 0;
        float s7 = 0;
        int i = 0;
        for (; i + 8 <= n; i += 8) {
            s0 += x[xAt + i] * y[yAt + i];
            s1 += x[xAt + i + 1] * y[yAt + i + 1];
            s2 += x[xAt + i + 2] * y[yAt + i + 2];
            s3 += x[xAt + i + 3] * y[yAt + i + 3];
            s4 += x[xAt + i + 4] * y[yAt + i + 4];
            s5 += x[xAt + i + 5] * y[yAt + i + 5];
            s6 += x[xAt + i + 6] * y[yAt + i + 6];
            s7 += x[xAt + i + 7] * y[yAt + i + 7];
        }
        for (; i < n; i++) {
            s0 += x[xAt + i] * y[yAt + i];
        }
        return ((s0 + s4) + (s1 + s5)) + ((s2 + s6) + (s3 + s7));
    }

    static float sum(float[] x, int at, int n) {
        float s0 = 0;
        float s1 = 0;
        float s2 = 0;
        float s3 = 0;
        int i = 0;
        for (; i + 4 <= n; i += 4) {
            s0 += x[at + i];
            s1 += x[at + i + 1];
            s2 += x[at + i + 2];
            s3 += x[at + i + 3];
        }
        for (; i < n; i++) {
            s0 += x[at + i];
        }
        return (s0 + s1) + (s2 + s3);
    }
}
