package org.ttt4j.tokenizer;

import java.util.Arrays;

/**
 * Which two neighbouring tokens become which one, and which pair goes first: the lowest rank, and of one rank the leftmost
 * (Sennrich, Haddow and Birch 2016). A hash table without objects.
 */
final class Merges {

    /** Words up to this length are searched anew for every merge, which for so few is faster than a heap. */
    private static final int SHORT = 40;

    private static final long NONE = -1;
    private static final long ID_BITS = 0xFFFF_FFFFL;

    private final long[] pairs;
    private final long[] results;
    private final int mask;
    private int size;

    /** @param expected number of merges */
    Merges(int expected) {
        int capacity = Integer.highestOneBit(Math.max(8, expected) * 2) * 2;
        pairs = new long[capacity];
        results = new long[capacity];
        mask = capacity - 1;
        Arrays.fill(pairs, NONE);
    }

    /** Adds the next merge, of lower priority than all before. Of two for one pair the later one counts. */
    void add(int left, int right, int result) {
        int i = slot(left, right);
        pairs[i] = pair(left, right);
        results[i] = (long) size++ << 32 | result;
    }

    private static long pair(int left, int right) {
        return (long) left << 32 | right;
    }

    private int slot(int left, int right) {
        long pair = pair(left, right);
        long h = pair * 0x9E3779B97F4A7C15L;
        int i = (int) (h >>> 32) & mask;
        while (pairs[i] != pair && pairs[i] != NONE) {
            i = i + 1 & mask;
        }
        return i;
    }

    /** Rank and result of a pair; negative if it does not merge. */
    private long find(int left, int right) {
        int i = slot(left, right);
        return pairs[i] == NONE ? NONE : results[i];
    }

    /**
     * Merges neighbours in place until none merge.
     *
     * @return number of tokens left
     */
    int apply(int[] ids, int count) {
        return count <= SHORT ? applyShort(ids, count) : new Queue(ids, count).run();
    }

    private int applyShort(int[] ids, int count) {
        int n = count;
        while (n > 1) {
            long best = Long.MAX_VALUE;
            int at = -1;
            for (int i = 0; i + 1 < n; i++) {
                long found = find(ids[i], ids[i + 1]);
                if (found >= 0 && found < best) {
                    best = found;
                    at = i;
                }
            }
            if (at < 0) {
                return n;
            }
            ids[at] = (int) (best & ID_BITS);
            System.arraycopy(ids, at + 2, ids, at + 1, n - at - 2);
            n--;
        }
        return n;
    }

    /** Long texts: what can merge waits in a heap, by rank and place; what has been overtaken is found out when it comes up. */
    private final class Queue {

        private static final int REMOVED = -1;

        private final int[] ids;
        private final int[] previous;
        private final int[] next;
        private long[] heap;
        private int waiting;

        Queue(int[] ids, int count) {
            this.ids = ids;
            previous = new int[count];
            next = new int[count];
            heap = new long[count];
            for (int i = 0; i < count; i++) {
                previous[i] = i - 1;
                next[i] = i + 1 < count ? i + 1 : REMOVED;
            }
            for (int i = 0; i + 1 < count; i++) {
                offer(i);
            }
        }

        int run() {
            while (waiting > 0) {
                long entry = poll();
                int at = (int) entry;
                int right = next[at];
                if (ids[at] == REMOVED || right == REMOVED) {
                    continue;
                }
                long found = find(ids[at], ids[right]);
                if (found < 0 || found >>> 32 != entry >>> 32) {
                    continue;
                }
                ids[at] = (int) (found & ID_BITS);
                ids[right] = REMOVED;
                next[at] = next[right];
                if (next[at] != REMOVED) {
                    previous[next[at]] = at;
                    offer(at);
                }
                if (previous[at] >= 0) {
                    offer(previous[at]);
                }
            }
            return close();
        }

        private int close() {
            int n = 0;
            for (int i = 0; i != REMOVED; i = next[i]) {
                ids[n++] = ids[i];
            }
            return n;
        }

        private void offer(int at) {
            long found = find(ids[at], ids[next[at]]);
            if (found < 0) {
                return;
            }
            if (waiting == heap.length) {
                heap = Arrays.copyOf(heap, waiting + (waiting >> 1) + 1);
            }
            long entry = found >>> 32 << 32 | at;
            int i = waiting++;
            while (i > 0 && heap[i - 1 >>> 1] > entry) {
                heap[i] = heap[i - 1 >>> 1];
                i = i - 1 >>> 1;
            }
            heap[i] = entry;
        }

        private long poll() {
            long top = heap[0];
            long last = heap[--waiting];
            int i = 0;
            while (2 * i + 1 < waiting) {
                int child = 2 * i + 1;
                if (child + 1 < waiting && heap[child + 1] < heap[child]) {
                    child++;
                }
                if (heap[child] >= last) {
                    break;
                }
                heap[i] = heap[child];
                i = child;
            }
            heap[i] = last;
            return top;
        }
    }
}
