package org.ttt4j.tensor;

/** IEEE 754 half precision: sign, five bits of exponent, ten of fraction. The JDK converts it from version 20 on. */
public final class Float16 {

    /** The least magnitude that rounds to infinity: half a unit above the largest number, 65504. */
    private static final float OVERFLOW = 65520f;
    /** The least normal number, 2⁻¹⁴. */
    private static final float NORMAL = 0x1p-14f;

    private Float16() {}

    /** Rounded to nearest, ties to even; too large a number becomes an infinity, NaN stays NaN. */
    public static short of(float x) {
        int sign = Float.floatToRawIntBits(x) >>> 16 & 0x8000;
        float magnitude = Math.abs(x);
        if (x != x) {
            return (short) (sign | 0x7e00);
        }
        if (magnitude >= OVERFLOW) {
            return (short) (sign | 0x7c00);
        }
        if (magnitude < NORMAL) {
            return (short) (sign | (int) Math.rint(magnitude * 0x1p24f)); // units of 2⁻²⁴
        }
        int bits = Float.floatToRawIntBits(magnitude);
        int rounded = bits + 0xfff + (bits >>> 13 & 1); // a carry out of the fraction raises the exponent
        return (short) (sign | (rounded - (127 - 15 << 23)) >>> 13);
    }

    /** The same number as a float32. */
    public static float widen(short x) {
        int exponent = x >>> 10 & 0x1f;
        int fraction = x & 0x3ff;
        int sign = (x & 0x8000) << 16;
        if (exponent == 0) {
            float subnormal = fraction * 0x1p-24f;
            return Float.intBitsToFloat(sign | Float.floatToRawIntBits(subnormal));
        }
        int wide = exponent == 0x1f ? 0xff : exponent + 127 - 15;
        return Float.intBitsToFloat(sign | wide << 23 | fraction << 13);
    }
}
