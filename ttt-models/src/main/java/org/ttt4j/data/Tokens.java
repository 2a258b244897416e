package org.ttt4j.data;

import java.util.Arrays;
import java.util.Objects;
import org.ttt4j.tensor.TttException;

/** An unchanging sequence of token ids, held in two bytes each where the vocabulary allows it. Slices share the memory. */
public final class Tokens {

    private final short[] narrow;
    private final int[] wide;
    private final int start;
    private final int length;

    private Tokens(short[] narrow, int[] wide, int start, int length) {
        this.narrow = narrow;
        this.wide = wide;
        this.start = start;
        this.length = length;
    }

    /**
     * A copy of ids.
     *
     * @param vocabularySize V
     * @throws TttException if an id is not in 0 to V - 1
     */
    public static Tokens of(int vocabularySize, int... ids) {
        return new Builder(vocabularySize).append(ids).build();
    }

    public int length() {
        return length;
    }

    public int get(int index) {
        int i = start + Objects.checkIndex(index, length);
        return wide == null ? narrow[i] & 0xFFFF : wide[i];
    }

    /** The ids from one index up to, not including, another: a view. */
    public Tokens slice(int from, int to) {
        Objects.checkFromToIndex(from, to, length);
        return new Tokens(narrow, wide, start + from, to - from);
    }

    /** A copy of the ids from an index on. */
    public int[] copy(int from, int count) {
        Objects.checkFromIndexSize(from, count, length);
        int[] ids = new int[count];
        for (int i = 0; i < count; i++) {
            ids[i] = get(from + i);
        }
        return ids;
    }

    /** Collects ids. */
    static final class Builder {

        private static final int NARROW_VOCABULARY = 1 << 16;
        private static final int MAX_LENGTH = Integer.MAX_VALUE - 8;

        private final int vocabularySize;
        private short[] narrow;
        private int[] wide;
        private int length;

        Builder(int vocabularySize) {
            this.vocabularySize = vocabularySize;
            if (vocabularySize <= NARROW_VOCABULARY) {
                narrow = new short[0];
            } else {
                wide = new int[0];
            }
        }

        Builder append(int... ids) {
            grow(ids.length);
            for (int id : ids) {
                if (id < 0 || id >= vocabularySize) {
                    throw TttException.mismatch("token id", "0 to " + (vocabularySize - 1), id);
                }
                if (wide == null) {
                    narrow[length++] = (short) id;
                } else {
                    wide[length++] = id;
                }
            }
            return this;
        }

        Tokens build() {
            return new Tokens(narrow, wide, 0, length);
        }

        private void grow(int more) {
            long needed = (long) length + more;
            if (needed > MAX_LENGTH) {
                throw TttException.mismatch("text", "at most " + MAX_LENGTH + " tokens", needed);
            }
            int capacity = wide == null ? narrow.length : wide.length;
            if (needed > capacity) {
                int larger = (int) Math.min(MAX_LENGTH, Math.max(needed, length + (long) length / 2));
                narrow = narrow == null ? null : Arrays.copyOf(narrow, larger);
                wide = wide == null ? null : Arrays.copyOf(wide, larger);
            }
        }
    }
}
