package org.ttt4j.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.ttt4j.train.Report;
import org.ttt4j.train.Trainer;

/** Runs a trainer as a command: reports go to a file, and whoever interrupts the process waits until it has saved. */
final class Training {

    private final Trainer trainer;
    private final Path directory;
    private final CountDownLatch finished = new CountDownLatch(1);

    Training(Trainer trainer, Path directory) {
        this.trainer = trainer;
        this.directory = directory;
    }

    /**
     * Trains to the end, or until the process is interrupted.
     *
     * @param jsonFile gets every report of the training, earlier ones included; null for none
     * @return the last report; empty if it was interrupted
     */
    Optional<Report> run(Path jsonFile, TrainingProgress progress) throws IOException {
        Thread hook = new Thread(this::stopAndWait, "ttt-save-first");
        Runtime.getRuntime().addShutdownHook(hook);
        try (Json json = Json.open(isMetricsFile(jsonFile) ? null : jsonFile)) {
            json.lines(Trainer.metricsFile(directory));
            progress.start(trainer, json);
            Optional<Report> done = trainer.run();
            progress.finish(trainer, done, directory);
            return done;
        } finally {
            progress.close();
            finished.countDown();
            removeHook(hook);
        }
    }

    private boolean isMetricsFile(Path file) {
        return file != null
                && file.toAbsolutePath()
                        .normalize()
                        .equals(Trainer.metricsFile(directory).toAbsolutePath().normalize());
    }

    private void stopAndWait() {
        trainer.stop();
        try {
            finished.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void removeHook(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // It is running: the process is about to end.
        }
    }
}
