package org.ttt4j.kernel;

/**
 * The sizes of linear attention.
 *
 * @param heads H
 * @param headSize D
 * @param normalised whether values have one more column, 1, whose output is the normaliser
 */
public record LinearAttentionShape(int heads, int headSize, boolean normalised) {

    /** Tokens of a block; blocks begin at multiples of it, wherever chunks begin. */
    public static final int BLOCK = 64;

    /** Columns of values and of a head's state. */
    public int columns() {
        return normalised ? headSize + 1 : headSize;
    }

    /** Floats from a row of the state to the next. */
    public int stride() {
        return InnerShape.padded(columns());
    }

    /** Floats of a head's state. */
    public int headFloats() {
        return headSize * stride();
    }

    /** Floats of a sequence's state, [H, D, stride]. */
    public int floats() {
        return heads * headFloats();
    }

    /** Multiply-adds of a token and a head. */
    long work() {
        return 2L * headSize * (headSize + BLOCK / 2);
    }
}
