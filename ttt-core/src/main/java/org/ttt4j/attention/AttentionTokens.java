package org.ttt4j.attention;

/**
 * The tokens of one call.
 *
 * @param q queries [B, columns, H·D]
 * @param k keys [B, columns, heads of keys and values · D]
 * @param v values, as k
 * @param positions of every sequence's first token
 * @param lengths real tokens of every sequence
 * @param columns tokens of a sequence in the arrays, padding included
 */
public record AttentionTokens(float[] q, float[] k, float[] v, int[] positions, int[] lengths, int columns) {

    int batch() {
        return lengths.length;
    }

    /** Of all sequences, the most real tokens. */
    int longest() {
        int longest = 0;
        for (int length : lengths) {
            longest = Math.max(longest, length);
        }
        return longest;
    }

    /** Position after a sequence's last token of this call. */
    int end(int sequence) {
        return positions[sequence] + lengths[sequence];
    }

    /** The row of a token in the arrays, counted over all sequences. */
    int row(int sequence, int token) {
        return sequence * columns + token;
    }
}
