package org.ttt4j.tokenizer;

import java.util.function.IntPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Tells which parts of a text match. */
@FunctionalInterface
interface Spans {

    /**
     * Lists the parts of a text, those that match and those between, without a gap.
     *
     * @param ends gets where each part ends; ~end for one that matches
     */
    void find(String text, int from, int to, IntList ends);

    /** Every character that a predicate knows is a match of its own; runs of others are one part. */
    static Spans of(IntPredicate characters) {
        return (text, from, to, ends) -> {
            boolean open = false;
            for (int i = from; i < to; ) {
                int c = text.codePointAt(i);
                if (characters.test(c)) {
                    if (open) {
                        ends.add(i);
                    }
                    i += Character.charCount(c);
                    ends.add(~i);
                    open = false;
                } else {
                    i += Character.charCount(c);
                    open = true;
                }
            }
            if (open) {
                ends.add(to);
            }
        };
    }

    /** Every place with that text is a match. */
    static Spans of(String searched) {
        return searched.isEmpty()
                ? (text, from, to, ends) -> ends.add(to)
                : of(Pattern.compile(searched, Pattern.LITERAL));
    }

    /** What a regular expression finds. */
    static Spans of(Pattern pattern) {
        return (text, from, to, ends) -> {
            Matcher matcher = pattern.matcher(text).region(from, to);
            int end = from;
            while (Regexes.find(matcher)) {
                if (matcher.start() > end) {
                    ends.add(matcher.start());
                }
                end = matcher.end();
                ends.add(~end);
            }
            if (end < to) {
                ends.add(to);
            }
        };
    }

    /** What matches does not, and the other way round. */
    default Spans inverted() {
        return (text, from, to, ends) -> {
            int before = ends.size();
            find(text, from, to, ends);
            for (int i = before; i < ends.size(); i++) {
                ends.set(i, ~ends.get(i));
            }
        };
    }
}
