package org.ttt4j.matrix;

/** Blocks of values as signed bytes and one scale: {@code x = scale q} with q from -127 to 127. */
public final class Q8 {

    private static final int LARGEST = 127;

    private Q8() {}

    /**
     * The scale of n values: their largest magnitude / 127. Values that came out of such a block keep its scale, although
     * 127 times a scale, divided by 127, may miss it by a unit: so rounding twice is rounding once.
     */
    public static float scale(float[] x, int at, int n) {
        float largest = 0;
        for (int i = at; i < at + n; i++) {
            largest = Math.max(largest, Math.abs(x[i]));
        }
        float scale = largest / LARGEST;
        if (holds(x, at, n, scale)) {
            return scale;
        }
        if (holds(x, at, n, Math.nextDown(scale))) {
            return Math.nextDown(scale);
        }
        return holds(x, at, n, Math.nextUp(scale)) ? Math.nextUp(scale) : scale;
    }

    /** Whether a scale gives all values back as they are. */
    private static boolean holds(float[] x, int at, int n, float scale) {
        for (int i = at; i < at + n; i++) {
            if (quantise(x[i], scale) * scale != x[i]) {
                return false;
            }
        }
        return true;
    }

    /** The byte that stands for a value. */
    public static byte quantise(float x, float scale) {
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
