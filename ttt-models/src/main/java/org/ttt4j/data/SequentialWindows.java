package org.ttt4j.data;

import org.ttt4j.tensor.TttException;

/**
 * Walks through a text in B parallel streams, window by window, so that state can be carried from one batch to the next.
 * Stream b reads the b-th of B equal parts; behind the last whole window all begin again.
 */
public final class SequentialWindows implements TrainingWindows {

    private final Tokens tokens;
    private final int batch;
    private final int length;
    private final int part;
    private final int windows;
    private int next;

    /**
     * Windows of a text.
     *
     * @param batch B
     * @param length L
     * @throws TttException if the text has less than one window for every stream
     */
    public SequentialWindows(Tokens tokens, int batch, int length) {
        this.tokens = tokens;
        this.batch = Windows.requirePositive("batch size", batch);
        this.length = Windows.requirePositive("window length", length);
        Windows.requireTokens(tokens, (long) batch * length + 1);
        part = (tokens.length() - 1) / batch;
        windows = part / length;
    }

    /** Number of batches from the beginning of the text to its end. */
    public int windows() {
        return windows;
    }

    @Override
    public Batch next() {
        int[] starts = new int[batch];
        for (int b = 0; b < batch; b++) {
            starts[b] = b * part + next * length;
        }
        next = (next + 1) % windows;
        return Batch.of(tokens, length, starts);
    }

    @Override
    public boolean continues() {
        return next > 0;
    }

    @Override
    public long position() {
        return next;
    }

    @Override
    public void seek(long position) {
        if (position < 0 || position >= windows) {
            throw TttException.mismatch("window", "0 to " + (windows - 1), position);
        }
        next = (int) position;
    }
}
