package org.ttt4j.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;

/**
 * Byte-pair encoding: a word's characters are tokens, and neighbours merge. What is in no vocabulary becomes the bytes of
 * its UTF-8, or the unknown token, or nothing.
 */
final class Bpe {

    /** Pieces up to this length are words as they are. */
    private static final int WORD = 24;

    private static final int NONE = -1;

    private final Map<String, Integer> vocabulary;
    private final Merges merges;
    private final Options options;
    private final Symbols symbols;
    private final int[] bytes;
    private final Cuts cuts;
    private final WordCache cache = new WordCache();

    /**
     * What a file says about words.
     *
     * @param prefix stands before every character but a word's first; may be empty
     * @param suffix stands behind a word's last character; may be empty
     * @param unknown id of the unknown token, or -1
     * @param fuseUnknown whether unknown characters in a row are one token
     * @param ignoreMerges whether a word that is in the vocabulary is that token, whatever the merges say
     */
    record Options(String prefix, String suffix, int unknown, boolean fuseUnknown, boolean ignoreMerges) {

        boolean plain() {
            return prefix.isEmpty() && suffix.isEmpty();
        }
    }

    /**
     * A model.
     *
     * @param bytes ids of the 256 byte tokens, -1 for one that is not there; null without byte fallback
     * @param cuts null if a piece must stay whole
     */
    Bpe(Map<String, Integer> vocabulary, Merges merges, Options options, int[] bytes, Cuts cuts) {
        this.vocabulary = vocabulary;
        this.merges = merges;
        this.options = options;
        this.bytes = bytes;
        this.cuts = cuts;
        symbols = new Symbols(vocabulary);
    }

    /** Encodes a piece of a text. */
    void encode(String text, int from, int to, IntList ids) {
        if (cuts == null || to - from <= WORD) {
            encodeWord(text, from, to, ids);
            return;
        }
        int start = from;
        int before = text.codePointAt(from);
        for (int i = from + Character.charCount(before); i < to; ) {
            int c = text.codePointAt(i);
            if (cuts.between(before, c) && apart(before, c)) {
                encodeWord(text, start, i, ids);
                start = i;
            }
            before = c;
            i += Character.charCount(c);
        }
        encodeWord(text, start, to, ids);
    }

    /** Whether what is in no vocabulary lets two neighbours be encoded apart. */
    private boolean apart(int before, int c) {
        if (bytes != null) {
            return true;
        }
        boolean known = symbols.id(before) >= 0;
        boolean nextKnown = symbols.id(c) >= 0;
        // Unknown characters grow into one token, or vanish, and their neighbours meet.
        return options.unknown >= 0 ? known || nextKnown || !options.fuseUnknown : known && nextKnown;
    }

    private void encodeWord(String text, int from, int to, IntList ids) {
        if (to - from > WordCache.MAX_LENGTH) {
            ids.addAll(merged(text, from, to));
            return;
        }
        int[] known = cache.get(text, from, to);
        if (known == null) {
            known = merged(text, from, to);
            cache.put(text, from, to, known);
        }
        ids.addAll(known);
    }

    private int[] merged(String text, int from, int to) {
        if (options.ignoreMerges) {
            Integer whole = vocabulary.get(text.substring(from, to));
            if (whole != null) {
                return new int[] {whole};
            }
        }
        int[] ids = characters(text, from, to).toArray();
        return Arrays.copyOf(ids, merges.apply(ids, ids.length));
    }

    private IntList characters(String text, int from, int to) {
        IntList ids = new IntList();
        boolean pending = false; // an unknown token that may still grow
        for (int i = from; i < to; ) {
            int c = text.codePointAt(i);
            int end = i + Character.charCount(c);
            int id = options.plain() ? symbols.id(c) : affixed(text, i, end, from, to);
            if (id >= 0) {
                if (pending) {
                    ids.add(options.unknown);
                    pending = false;
                }
                ids.add(id);
            } else if (!addBytes(c, ids) && options.unknown >= 0) {
                if (pending && !options.fuseUnknown) {
                    ids.add(options.unknown);
                }
                pending = true;
            }
            i = end;
        }
        if (pending) {
            ids.add(options.unknown);
        }
        return ids;
    }

    /** The id of a character that carries its word's prefix or suffix. */
    private int affixed(String text, int i, int end, int from, int to) {
        String token = (i > from ? options.prefix : "") + text.substring(i, end) + (end == to ? options.suffix : "");
        return vocabulary.getOrDefault(token, NONE);
    }

    /** Adds the bytes of a character, if all of them are in the vocabulary. */
    private boolean addBytes(int c, IntList ids) {
        if (bytes == null) {
            return false;
        }
        byte[] utf8 = Character.toString(c).getBytes(StandardCharsets.UTF_8);
        for (byte b : utf8) {
            if (bytes[b & 0xFF] < 0) {
                return false;
            }
        }
        for (byte b : utf8) {
            ids.add(bytes[b & 0xFF]);
        }
        return true;
    }
}
