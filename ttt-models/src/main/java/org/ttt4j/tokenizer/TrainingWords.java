package org.ttt4j.tokenizer;

import java.util.HashMap;
import java.util.Map;
import java.util.function.ObjLongConsumer;

/** Counts the words of texts. Merges learnt from them never reach from one word into the next. */
final class TrainingWords {

    static final char MARK = '\u2581';

    /** Text without spaces is cut after so many characters: a merge then costs the same however long such text is. */
    private static final int LONGEST = 200;

    private final TokenizerStyle style;
    private final Map<String, long[]> counts = new HashMap<>();

    TrainingWords(TokenizerStyle style) {
        this.style = style;
    }

    void add(String text) {
        String marked = style == TokenizerStyle.SENTENCEPIECE ? MARK + text.replace(' ', MARK) : text;
        for (int i = 0; i < marked.length(); ) {
            int end = style == TokenizerStyle.SENTENCEPIECE
                    ? markedEnd(marked, i)
                    : Gpt2Words.end(marked, i, marked.length());
            addParts(marked, i, end);
            i = end;
        }
    }

    private void addParts(String text, int from, int to) {
        for (int i = from; i < to; ) {
            int end = Math.min(to, i + LONGEST);
            if (end < to && Character.isLowSurrogate(text.charAt(end))) {
                end--;
            }
            counts.computeIfAbsent(text.substring(i, end), word -> new long[1])[0]++;
            i = end;
        }
    }

    /** A word is spaces and letters; or spaces and other visible characters; or a digit; or a control character. */
    private static int markedEnd(String text, int from) {
        int i = from;
        while (i < text.length() && text.charAt(i) == MARK) {
            i++;
        }
        if (i == text.length()) {
            return i;
        }
        int first = text.codePointAt(i);
        int type = type(first);
        if (type == DIGIT || type == CONTROL) {
            return i > from ? i : i + Character.charCount(first);
        }
        while (i < text.length() && text.charAt(i) != MARK && type(text.codePointAt(i)) == type) {
            i += Character.charCount(text.codePointAt(i));
        }
        return i;
    }

    private static final int LETTER = 0;
    private static final int DIGIT = 1;
    private static final int CONTROL = 2;
    private static final int OTHER = 3;

    private static int type(int c) {
        if (Chars.isNumber(c)) {
            return DIGIT;
        }
        if (Character.isISOControl(c)) {
            return CONTROL;
        }
        return Chars.isLetter(c) || Chars.isMark(c) ? LETTER : OTHER;
    }

    /** Gives all words with their counts, in no order. */
    void forEach(ObjLongConsumer<String> consumer) {
        counts.forEach((word, count) -> consumer.accept(word, count[0]));
    }
}
