package org.ttt4j.tokenizer;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** The tokens that are one character. */
final class Symbols {

    private static final int NONE = -1;

    private final int[] small;
    private final Map<Integer, Integer> large = new HashMap<>();

    Symbols(Map<String, Integer> vocabulary) {
        int limit = 0;
        for (String token : vocabulary.keySet()) {
            if (token.length() == 1) {
                limit = Math.max(limit, token.charAt(0) + 1);
            }
        }
        small = new int[limit];
        Arrays.fill(small, NONE);
        vocabulary.forEach((token, id) -> {
            if (token.length() == 1) {
                small[token.charAt(0)] = id;
            } else if (token.length() == 2 && Character.isHighSurrogate(token.charAt(0))) {
                large.put(token.codePointAt(0), id);
            }
        });
    }

    /** The id of a character; negative if it has none. */
    int id(int c) {
        if (c < small.length) {
            return small[c];
        }
        return c <= Character.MAX_VALUE ? NONE : large.getOrDefault(c, NONE);
    }
}
