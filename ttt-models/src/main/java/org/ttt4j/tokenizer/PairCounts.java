package org.ttt4j.tokenizer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * The words of a text as symbols, and how often each pair of neighbours occurs. Merging a pair touches only the words that
 * have it. The most frequent pair waits at the top of a heap; counts that have changed since are found out there.
 */
final class PairCounts {

    private final List<int[]> words = new ArrayList<>();
    private final List<Long> counts = new ArrayList<>();
    private final Map<Long, Occurrences> pairs = new HashMap<>();
    private final PriorityQueue<Candidate> heap = new PriorityQueue<>();

    /** Where a pair occurs, possibly no longer, and how often in all. */
    private static final class Occurrences {
        private long count;
        private final IntList words = new IntList();
    }

    /** A pair and its count at some time. The most frequent first; of equal ones, the one with the lower symbols. */
    record Candidate(int left, int right, long count) implements Comparable<Candidate> {

        @Override
        public int compareTo(Candidate other) {
            int byCount = Long.compare(other.count, count);
            return byCount != 0 ? byCount : Long.compare(key(left, right), key(other.left, other.right));
        }
    }

    private static long key(int left, int right) {
        return (long) left << 32 | right;
    }

    /** Adds a word that occurs so often. */
    void add(int[] symbols, long count) {
        int word = words.size();
        words.add(symbols);
        counts.add(count);
        for (int i = 0; i + 1 < symbols.length; i++) {
            add(key(symbols[i], symbols[i + 1]), count, word);
        }
    }

    private void add(long key, long count, int word) {
        Occurrences o = pairs.computeIfAbsent(key, k -> new Occurrences());
        o.count += count;
        int n = o.words.size();
        if (n == 0 || o.words.get(n - 1) != word) {
            o.words.add(word);
        }
    }

    /** To be called behind the last word. */
    void start() {
        pairs.forEach((key, o) -> heap.add(candidate(key, o)));
    }

    private static Candidate candidate(long key, Occurrences o) {
        return new Candidate((int) (key >>> 32), (int) key, o.count);
    }

    /** The most frequent pair, or null if none occurs at least twice. */
    Candidate next() {
        while (!heap.isEmpty()) {
            Candidate top = heap.poll();
            Occurrences now = pairs.get(key(top.left, top.right));
            if (now == null || now.count < 2) {
                continue;
            }
            if (now.count == top.count) {
                return top;
            }
            if (now.count < top.count) {
                heap.add(new Candidate(top.left, top.right, now.count));
            }
        }
        return null;
    }

    /** Replaces a pair by a symbol wherever it occurs. */
    void merge(Candidate pair, int symbol) {
        Set<Long> changed = new HashSet<>();
        for (int word : pairs.get(key(pair.left, pair.right)).words.toArray()) {
            mergeWord(word, pair, symbol, changed);
        }
        pairs.remove(key(pair.left, pair.right));
        changed.forEach(key -> heap.add(candidate(key, pairs.get(key))));
    }

    private void mergeWord(int word, Candidate pair, int symbol, Set<Long> changed) {
        int[] before = words.get(word);
        int[] after = new int[before.length];
        int n = 0;
        for (int i = 0; i < before.length; i++) {
            boolean match = before[i] == pair.left && i + 1 < before.length && before[i + 1] == pair.right;
            after[n++] = match ? symbol : before[i];
            i += match ? 1 : 0;
        }
        if (n == before.length) {
            return; // the pair has been merged away since the word was noted
        }
        long count = counts.get(word);
        for (int i = 0; i + 1 < before.length; i++) {
            pairs.get(key(before[i], before[i + 1])).count -= count;
        }
        for (int i = 0; i + 1 < n; i++) {
            long key = key(after[i], after[i + 1]);
            if (after[i] == symbol || after[i + 1] == symbol) {
                add(key, count, word);
                changed.add(key);
            } else {
                pairs.get(key).count += count; // its words know this one already
            }
        }
        words.set(word, Arrays.copyOf(after, n));
    }
}
