package org.ttt4j.data;

import org.ttt4j.tensor.TttException;

/** Windows that start anywhere, each drawn uniformly and with replacement. */
public final class RandomWindows implements TrainingWindows {

    private final Tokens tokens;
    private final int batch;
    private final int length;
    private final SplitMix64 random;

    /**
     * Windows of a text.
     *
     * @param batch B
     * @param length L; a window takes L + 1 tokens
     * @param seed equal seeds draw equal windows
     * @throws TttException if the text has not even one window
     */
    public RandomWindows(Tokens tokens, int batch, int length, long seed) {
        this.tokens = tokens;
        this.batch = Windows.requirePositive("batch size", batch);
        this.length = Windows.requirePositive("window length", length);
        Windows.requireTokens(tokens, length + 1L);
        random = new SplitMix64(seed);
    }

    @Override
    public Batch next() {
        int[] starts = new int[batch];
        for (int b = 0; b < batch; b++) {
            starts[b] = random.nextInt(tokens.length() - length);
        }
        return Batch.of(tokens, length, starts);
    }

    @Override
    public boolean continues() {
        return false;
    }

    @Override
    public long position() {
        return random.state();
    }

    @Override
    public void seek(long position) {
        random.restore(position);
    }
}
