package org.ttt4j.tokenizer;

/**
 * Tokens of words seen before. Each word has one place, which it takes from the word there before. Threads may share it
 * without a lock: an entry never changes, so a reader finds a whole one or none.
 */
final class WordCache {

    /** Words longer than this are rare and not kept. */
    static final int MAX_LENGTH = 48;

    private static final int PLACES = 1 << 15;

    private final Entry[] entries = new Entry[PLACES];

    private record Entry(String word, int[] ids) {}

    /** The tokens of a part of a text, or null. Not to be changed. */
    int[] get(String text, int from, int to) {
        Entry entry = entries[place(text, from, to)];
        boolean hit = entry != null && entry.word.length() == to - from && text.startsWith(entry.word, from);
        return hit ? entry.ids : null;
    }

    void put(String text, int from, int to, int[] ids) {
        entries[place(text, from, to)] = new Entry(text.substring(from, to), ids);
    }

    private static int place(String text, int from, int to) {
        int h = 0;
        for (int i = from; i < to; i++) {
            h = 31 * h + text.charAt(i);
        }
        h *= 0x9E3779B9;
        return h >>> 32 - 15;
    }
}
