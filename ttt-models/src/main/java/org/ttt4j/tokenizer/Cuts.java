package org.ttt4j.tokenizer;

import java.util.HashSet;
import java.util.Set;

/**
 * Where a long text may be cut before it is merged without any effect on the result: between two characters that stand
 * side by side in no token that a merge makes, for then no merge ever reaches across. Files without a pre-tokenizer make
 * all of a text one piece; the cuts give it words that can be looked up.
 */
final class Cuts {

    private static final int BITS = 21;
    private static final int ASCII = 128;

    private final boolean[] ascii = new boolean[ASCII * ASCII];
    private final Set<Long> others = new HashSet<>();

    /** Characters of a token that a merge makes. */
    void join(String token) {
        int before = token.codePointAt(0);
        for (int i = Character.charCount(before); i < token.length(); ) {
            int c = token.codePointAt(i);
            if (before < ASCII && c < ASCII) {
                ascii[before * ASCII + c] = true;
            } else {
                others.add((long) before << BITS | c);
            }
            before = c;
            i += Character.charCount(c);
        }
    }

    /** Whether nothing can join these two neighbours. */
    boolean between(int before, int c) {
        if (before < ASCII && c < ASCII) {
            return !ascii[before * ASCII + c];
        }
        return !others.contains((long) before << BITS | c);
    }
}
