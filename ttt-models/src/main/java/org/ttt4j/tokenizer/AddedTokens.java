package org.ttt4j.tokenizer;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Finds added tokens in a text: the leftmost, and of those that begin there the longest. */
final class AddedTokens {

    /** By their first characters; the longest first. */
    private final Map<Character, List<Pattern>> patterns = new HashMap<>();

    private final boolean[] begins = new boolean[1 << 16];

    private record Pattern(String text, AddedToken token) {}

    /** Takes what is between tokens, and the tokens. */
    interface Sink {

        /** A part of the text that is no token; not empty. */
        void text(int from, int to);

        void token(int id);
    }

    /** @param form what is done to the tokens before they are looked for */
    AddedTokens(List<AddedToken> tokens, UnaryOperator<String> form) {
        for (AddedToken token : tokens) {
            String text = form.apply(token.content());
            if (!text.isEmpty()) {
                patterns.computeIfAbsent(text.charAt(0), c -> new ArrayList<>()).add(new Pattern(text, token));
                begins[text.charAt(0)] = true;
            }
        }
        // Of tokens that are one when normalized, the special one is found.
        Comparator<Pattern> longest =
                Comparator.<Pattern>comparingInt(p -> -p.text.length()).thenComparing(p -> !p.token.special());
        patterns.values().forEach(list -> list.sort(longest));
    }

    /** Cuts a text. */
    void scan(String text, Sink sink) {
        int done = 0;
        for (int i = 0; !patterns.isEmpty() && i < text.length(); ) {
            Pattern found = begins[text.charAt(i)] ? at(text, i) : null;
            if (found == null) {
                i++;
                continue;
            }
            int end = i + found.text.length();
            if (!found.token.singleWord() || isAlone(text, i, end)) {
                int from = i;
                while (found.token.lstrip() && from > done && Chars.isSpace(text.charAt(from - 1))) {
                    from--;
                }
                int to = end;
                while (found.token.rstrip() && to < text.length() && Chars.isSpace(text.charAt(to))) {
                    to++;
                }
                if (from > done) {
                    sink.text(done, from);
                }
                sink.token(found.token.id());
                done = to;
            }
            i = end;
        }
        if (done < text.length()) {
            sink.text(done, text.length());
        }
    }

    private Pattern at(String text, int index) {
        for (Pattern pattern : patterns.get(text.charAt(index))) {
            if (text.startsWith(pattern.text, index)) {
                return pattern;
            }
        }
        return null;
    }

    private static boolean isAlone(String text, int from, int to) {
        return (from == 0 || !Chars.isWord(text.codePointBefore(from)))
                && (to == text.length() || !Chars.isWord(text.codePointAt(to)));
    }
}
