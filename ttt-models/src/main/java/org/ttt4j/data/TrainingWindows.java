package org.ttt4j.data;

/**
 * An endless source of batches for training. Where it stands is one number, so that a run can be continued exactly.
 * Not for several threads at once.
 */
public interface TrainingWindows {

    /** The next batch, [B][L]. */
    Batch next();

    /** Whether the next batch goes on where the last one ended, so that the model's state may be carried over. */
    boolean continues();

    /** Where the source stands: all that {@link #seek} needs. */
    long position();

    /**
     * Puts a source of the same text, sizes and kind where another one stood.
     *
     * @throws org.ttt4j.tensor.TttException if no such source can stand there
     */
    void seek(long position);
}
