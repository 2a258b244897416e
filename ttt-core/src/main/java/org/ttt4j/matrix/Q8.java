package org.ttt4j.matrix;

/** Blocks of values as signed bytes and one scale: {@code x = scale q} with q from -127 to 127. */
final class Q8 {

    private static final int LARGEST = 127;

    private Q8() {}

    /** The scale of n values: their largest magnitude / 127. */
    static float scale(float[] x, int at, int n) {
        float largest = 0;
        for (int i = at; i < at + n; i++) {
            largest = Math.max(largest, Math.abs(x[i]));
        }
        return largest / LARGEST;
    }

    static byte quantise(float x, float scale) {
        return scale == 0 ? 0 : (byte) Math.max(-LARGEST, Math.min(LARGEST, Math.round(x / scale)));
    }

    /** Rounds a block in place. */
    static void round(float[] x, int at, int n) {
        float scale = scale(x, at, n);
        for (int i = at; i < at + n; i++) {
            x[i] = quantise(x[i], scale) * scale;
        }
    }
}
