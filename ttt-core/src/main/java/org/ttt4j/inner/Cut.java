package org.ttt4j.inner;

import java.util.ArrayList;
import java.util.List;

/**
 * Where a chunk is cut into segments: runs of tokens inside one mini-batch.
 *
 * @param from the segment's first token, counted in the chunk
 * @param length its tokens r
 * @param offset the tokens of the mini-batch before it
 * @param end what happens after it
 */
record Cut(int from, int length, int offset, End end) {

    /** What follows a segment. */
    enum End {
        /** The chunk ends in mid mini-batch: the tokens stay in the state as rows. */
        OPEN,
        /** The mini-batch goes on, the rows become running sums. */
        FOLD,
        /** The mini-batch is complete: the weights move. */
        CLOSE
    }

    /**
     * Cuts a chunk at the mini-batch borders and, inside them, after every {@code limit} tokens of the mini-batch: places
     * that do not depend on where the chunk begins.
     */
    static List<Cut> of(int position, int tokens, int K, int limit) {
        List<Cut> cuts = new ArrayList<>();
        int offset = position % K;
        for (int from = 0; from < tokens; ) {
            int length = Math.min(tokens - from, Math.min(K - offset, limit - offset % limit));
            int next = offset + length;
            End end = next == K ? End.CLOSE : next % limit == 0 ? End.FOLD : End.OPEN;
            cuts.add(new Cut(from, length, offset, end));
            from += length;
            offset = next % K;
        }
        return cuts;
    }

    /** Whether the segment is the first of its mini-batch. */
    boolean opensMiniBatch() {
        return offset == 0;
    }
}
