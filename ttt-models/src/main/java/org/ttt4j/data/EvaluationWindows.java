package org.ttt4j.data;

import java.util.Iterator;
import java.util.stream.IntStream;
import org.ttt4j.tensor.TttException;

/**
 * All windows of a text that do not overlap: every token but the first is a target exactly once. Each window starts from
 * an empty state. The last one may be shorter and then is a batch of its own.
 */
public final class EvaluationWindows implements Iterable<Batch> {

    private final Tokens tokens;
    private final int batch;
    private final int length;

    /**
     * Windows of a text.
     *
     * @param batch B, the most windows in a batch
     * @param length L
     * @throws TttException if the text has no target
     */
    public EvaluationWindows(Tokens tokens, int batch, int length) {
        this.tokens = tokens;
        this.batch = Windows.requirePositive("batch size", batch);
        this.length = Windows.requirePositive("window length", length);
        Windows.requireTokens(tokens, 2);
    }

    /** Number of targets in all. */
    public int targetCount() {
        return tokens.length() - 1;
    }

    @Override
    public Iterator<Batch> iterator() {
        return IntStream.iterate(0, start -> start < targetCount(), start -> start + count(start) * size(start))
                .mapToObj(start -> Batch.of(tokens, size(start), starts(start)))
                .iterator();
    }

    /** Length of the window that starts there. */
    private int size(int start) {
        return Math.min(length, targetCount() - start);
    }

    /** Number of windows in the batch that starts there, all of one length. */
    private int count(int start) {
        return Math.max(1, Math.min(batch, (targetCount() - start) / length));
    }

    private int[] starts(int first) {
        return IntStream.range(0, count(first)).map(i -> first + i * length).toArray();
    }
}
