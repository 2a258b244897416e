package org.ttt4j.kernel;

import java.util.ArrayList;
import java.util.List;

/**
 * A run of tokens inside one mini-batch, and what the state holds of that mini-batch when it begins.
 *
 * @param first the first token, counted from the chunk's start
 * @param rows the number of tokens r
 * @param place the first token's place in the mini-batch, 0 .. K-1
 * @param stored the number m of rows that the state keeps of earlier tokens of the mini-batch
 * @param summed whether the state has running sums of still earlier ones
 * @param end what happens after the last token
 */
public record Segment(int first, int rows, int place, int stored, boolean summed, End end) {

    /** What happens after a segment's last token. */
    public enum End {
        /** The mini-batch goes on: rows stay in the state. */
        OPEN,
        /** The mini-batch goes on, but its rows are added to the running sums. */
        FOLD,
        /** The mini-batch is complete: the weights take its step. */
        CLOSE
    }

    /** Rows of the mini-batch that are at hand when the segment has run: stored ones and its own. */
    int all() {
        return stored + rows;
    }

    int storedAfter() {
        return end == End.OPEN ? all() : 0;
    }

    boolean summedAfter() {
        return end == End.FOLD || end == End.OPEN && summed;
    }

    /** Cuts a chunk at the borders of mini-batches and at the places where rows are folded. */
    static List<Segment> cut(InnerShape s, int position, int length, int stored, boolean summed) {
        List<Segment> segments = new ArrayList<>();
        int place = position % s.miniBatch();
        int limit = s.rowLimit();
        int t = 0;
        while (t < length) {
            int border = Math.min(s.miniBatch(), (place / limit + 1) * limit);
            int rows = Math.min(length - t, border - place);
            int after = place + rows;
            End end = after == s.miniBatch() ? End.CLOSE : after == border ? End.FOLD : End.OPEN;
            Segment segment = new Segment(t, rows, place, stored, summed, end);
            segments.add(segment);
            stored = segment.storedAfter();
            summed = segment.summedAfter();
            place = after % s.miniBatch();
            t += rows;
        }
        return segments;
    }
}
