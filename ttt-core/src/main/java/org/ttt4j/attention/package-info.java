/**
 * Causal softmax attention on {@code float[]}, block by block, so that memory does not grow with the square of the length
 * (Dao et al. 2022, "FlashAttention"; Milakov and Gimelshein 2018 for the running softmax). Keys and values stay in blocks of
 * a fixed number of tokens, counted from the sequence's start, and sums run over fixed ranges of blocks: a token's result has
 * the same bits however its text is cut into chunks and on however many threads. Knows the JDK only.
 */
package org.ttt4j.attention;
