package org.ttt4j.recall;

import org.ttt4j.data.Batch;
import org.ttt4j.data.SplitMix64;
import org.ttt4j.data.TrainingWindows;

/** New texts of a task without end. */
final class RecallWindows implements TrainingWindows {

    private final RecallTask task;
    private final int batch;
    private final SplitMix64 random;

    RecallWindows(RecallTask task, int batch, long seed) {
        this.task = task;
        this.batch = batch;
        random = new SplitMix64(seed);
    }

    @Override
    public Batch next() {
        return task.batch(random, batch);
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
