package org.ttt4j.tensor;

/** The upper half of a float32: sign, eight bits of exponent, seven of fraction. */
public final class Bfloat16 {

    private Bfloat16() {}

    /** Rounded to nearest, ties to even; NaN stays NaN. */
    public static short of(float x) {
        int bits = Float.floatToRawIntBits(x);
        if (x != x) {
            return (short) (bits >>> 16 | 0x40); // rounding up could turn it into an infinity
        }
        return (short) (bits + 0x7fff + (bits >>> 16 & 1) >>> 16);
    }

    /** The same number as a float32. */
    public static float widen(short x) {
        return Float.intBitsToFloat(x << 16);
    }
}
