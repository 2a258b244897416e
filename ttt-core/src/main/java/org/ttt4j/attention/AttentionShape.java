package org.ttt4j.attention;

/**
 * Sizes of an attention layer.
 *
 * @param heads H, query heads
 * @param keyValueHeads heads of keys and values, a divisor of H
 * @param headSize D
 */
public record AttentionShape(int heads, int keyValueHeads, int headSize) {

    /** Keys of a block. */
    static final int BLOCK = 64;

    /** Blocks whose sums are joined before they join those of the blocks before: the unit of work when there are few queries. */
    static final int SPAN = 16;

    /** Rows are padded to whole vectors of any machine. */
    static final int VECTOR = 16;

    /** Query heads that share a head of keys and values. */
    int group() {
        return heads / keyValueHeads;
    }

    /** Floats of a padded row of a head. */
    int width() {
        return (headSize + VECTOR - 1) / VECTOR * VECTOR;
    }

    /** Where the values begin in a block. */
    int valuesAt() {
        return headSize * BLOCK;
    }

    int blockFloats() {
        return valuesAt() + BLOCK * width();
    }

    /** Floats of a token's queries or output. */
    int queryWidth() {
        return heads * headSize;
    }

    /** Floats of a token's keys or values. */
    int keyWidth() {
        return keyValueHeads * headSize;
    }
}
