package org.ttt4j.tokenizer;

/**
 * Cuts a text into the words of GPT-2 (Radford et al. 2019): letters, numbers or other visible characters, each with a
 * space before it; English contractions; runs of white space, whose last character is left to the word behind. The same
 * as the published regular expression, without its machinery.
 */
final class Gpt2Words {

    private static final String[] CONTRACTIONS = {"s", "t", "re", "ve", "m", "ll", "d"};

    private static final byte LETTER = 0;
    private static final byte NUMBER = 1;
    private static final byte SPACE = 2;
    private static final byte OTHER = 3;

    private static final byte[] ASCII = new byte[128];

    static {
        for (int c = 0; c < ASCII.length; c++) {
            ASCII[c] = classify(c);
        }
    }

    private Gpt2Words() {}

    /** Where the word ends that begins there. */
    static int end(String text, int from, int to) {
        char c = text.charAt(from);
        if (c == '\'') {
            int end = contraction(text, from + 1, to);
            if (end > 0) {
                return end;
            }
        }
        int start = c == ' ' && from + 1 < to ? from + 1 : from;
        byte type = type(text, start);
        if (type != SPACE) {
            return run(text, start, to, type);
        }
        int end = run(text, from, to, SPACE);
        // White space before something else leaves its last character to that, unless it is the only one.
        return end == to || end == from + 1 ? end : end - 1;
    }

    private static int contraction(String text, int from, int to) {
        for (String letters : CONTRACTIONS) {
            if (from + letters.length() <= to && text.startsWith(letters, from)) {
                return from + letters.length();
            }
        }
        return -1;
    }

    private static int run(String text, int from, int to, byte type) {
        int i = from;
        while (i < to && type(text, i) == type) {
            i += Character.isHighSurrogate(text.charAt(i)) ? 2 : 1;
        }
        return i;
    }

    private static byte type(String text, int index) {
        char c = text.charAt(index);
        return c < 128 ? ASCII[c] : classify(text.codePointAt(index));
    }

    private static byte classify(int c) {
        if (Chars.isLetter(c)) {
            return LETTER;
        }
        if (Chars.isNumber(c)) {
            return NUMBER;
        }
        return Chars.isSpace(c) ? SPACE : OTHER;
    }
}
