package org.ttt4j.attention;

/**
 * What the way back needs.
 *
 * @param tokens of the call
 * @param blocks of every lane after the call
 * @param out the result [B, columns, H·D]
 * @param logSums logarithms to base 2 of the softmax's denominators, [B, H, columns]
 */
public record AttentionTrace(AttentionTokens tokens, float[][][] blocks, float[] out, float[] logSums) {}
