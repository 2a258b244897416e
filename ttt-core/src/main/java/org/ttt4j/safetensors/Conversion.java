package org.ttt4j.safetensors;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;
import org.ttt4j.tensor.Bfloat16;
import org.ttt4j.tensor.Float16;

/** Floating-point values between the bytes of a file, which are little-endian, and float arrays. */
public final class Conversion {

    private Conversion() {}

    /**
     * Widens values to float32; float64 is rounded.
     *
     * @param bytes from its position on
     * @param type a floating type
     */
    public static void toFloats(ByteBuffer bytes, DType type, float[] to, int at, int n) {
        ByteBuffer in = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
        switch (type) {
            case F32 -> in.asFloatBuffer().get(to, at, n);
            case F64 -> {
                for (int i = 0; i < n; i++) {
                    to[at + i] = (float) in.getDouble(8 * i);
                }
            }
            case BF16 -> {
                ShortBuffer halves = in.asShortBuffer();
                for (int i = 0; i < n; i++) {
                    to[at + i] = Bfloat16.widen(halves.get(i));
                }
            }
            case F16 -> {
                ShortBuffer halves = in.asShortBuffer();
                for (int i = 0; i < n; i++) {
                    to[at + i] = Float16.widen(halves.get(i));
                }
            }
            default -> throw new IllegalArgumentException(type + " is not floating");
        }
    }

    /**
     * Appends values, rounded to nearest even.
     *
     * @param type a floating type
     */
    public static void fromFloats(float[] from, int at, int n, DType type, ByteBuffer bytes) {
        ByteBuffer out = bytes.order(ByteOrder.LITTLE_ENDIAN);
        for (int i = at; i < at + n; i++) {
            switch (type) {
                case F32 -> out.putFloat(from[i]);
                case F64 -> out.putDouble(from[i]);
                case BF16 -> out.putShort(Bfloat16.of(from[i]));
                case F16 -> out.putShort(Float16.of(from[i]));
                default -> throw new IllegalArgumentException(type + " is not floating");
            }
        }
    }

    /** Rounds to what a floating type can hold. */
    public static float round(float x, DType type) {
        return switch (type) {
            case BF16 -> Bfloat16.widen(Bfloat16.of(x));
            case F16 -> Float16.widen(Float16.of(x));
            default -> x;
        };
    }
}
