package org.ttt4j.data;

import java.util.Arrays;

/**
 * Windows of text side by side. Targets are the inputs moved by one token: at every place, what comes next.
 *
 * @param inputs [B][L] token ids
 * @param targets [B][L] token ids; negative where there is nothing to predict
 */
public record Batch(int[][] inputs, int[][] targets) {

    /**
     * Windows of one length.
     *
     * @param length L
     * @param starts index of every window's first input
     */
    static Batch of(Tokens tokens, int length, int... starts) {
        return new Batch(
                Arrays.stream(starts).mapToObj(s -> tokens.copy(s, length)).toArray(int[][]::new),
                Arrays.stream(starts).mapToObj(s -> tokens.copy(s + 1, length)).toArray(int[][]::new));
    }

    /** Number of targets: B·L but for those that are negative, which are none. */
    public long targetCount() {
        return Arrays.stream(targets)
                .flatMapToInt(Arrays::stream)
                .filter(id -> id >= 0)
                .count();
    }
}
