package org.ttt4j.tokenizer;

/** Classes of characters as the Unicode standard has them; which characters are assigned is up to the JDK. */
final class Chars {

    private static final int LETTERS = 1 << Character.UPPERCASE_LETTER
            | 1 << Character.LOWERCASE_LETTER
            | 1 << Character.TITLECASE_LETTER
            | 1 << Character.MODIFIER_LETTER
            | 1 << Character.OTHER_LETTER;
    private static final int NUMBERS =
            1 << Character.DECIMAL_DIGIT_NUMBER | 1 << Character.LETTER_NUMBER | 1 << Character.OTHER_NUMBER;
    private static final int MARKS =
            1 << Character.NON_SPACING_MARK | 1 << Character.COMBINING_SPACING_MARK | 1 << Character.ENCLOSING_MARK;
    private static final int PUNCTUATION = 1 << Character.CONNECTOR_PUNCTUATION
            | 1 << Character.DASH_PUNCTUATION
            | 1 << Character.START_PUNCTUATION
            | 1 << Character.END_PUNCTUATION
            | 1 << Character.INITIAL_QUOTE_PUNCTUATION
            | 1 << Character.FINAL_QUOTE_PUNCTUATION
            | 1 << Character.OTHER_PUNCTUATION;

    private Chars() {}

    static boolean isLetter(int c) {
        return is(LETTERS, c);
    }

    static boolean isNumber(int c) {
        return is(NUMBERS, c);
    }

    static boolean isMark(int c) {
        return is(MARKS, c);
    }

    /** All that is punctuation by its category, and what ASCII has beside: + $ ^ and so on. */
    static boolean isPunctuation(int c) {
        return c > ' ' && c < 0x7F ? !Character.isLetterOrDigit(c) : is(PUNCTUATION, c);
    }

    /** The property White_Space. */
    static boolean isSpace(int c) {
        if (c < 0x80) {
            return c == ' ' || c >= '\t' && c <= '\r';
        }
        return c == 0x85 || Character.isSpaceChar(c);
    }

    /** Whether it is part of words: letters, marks, digits, underscores and other connectors. */
    static boolean isWord(int c) {
        return Character.isAlphabetic(c)
                || isMark(c)
                || Character.getType(c) == Character.DECIMAL_DIGIT_NUMBER
                || Character.getType(c) == Character.CONNECTOR_PUNCTUATION
                || c == 0x200C
                || c == 0x200D;
    }

    private static boolean is(int categories, int c) {
        return (categories >>> Character.getType(c) & 1) != 0;
    }
}
