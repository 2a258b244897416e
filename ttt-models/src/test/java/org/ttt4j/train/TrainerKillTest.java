package org.ttt4j.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ttt4j.execution.Execution;

/** SIGKILL, for real. */
class TrainerKillTest {

    private static final TrainingTask TASK = Small.task(Small.plan(240).withRhythm(new Rhythm(1, 50, 11)));
    private static final Execution EXECUTION = Execution.fused().withThreads(1);

    @TempDir
    Path dir;

    @Test
    void aKilledProcessLosesNothingButTheStepsSinceTheLastSave() throws IOException, InterruptedException {
        Process training = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "--add-modules=jdk.incubator.vector", // the same kernel as here
                        "-cp",
                        System.getProperty("java.class.path"),
                        Run.class.getName(),
                        dir.resolve("killed").toString())
                .redirectErrorStream(true)
                .redirectOutput(dir.resolve("output").toFile())
                .start();
        Path metrics = Trainer.metricsFile(dir.resolve("killed"));
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!(Files.exists(metrics) && Files.size(metrics) > 2500)
                && training.isAlive()
                && System.nanoTime() < deadline) {
            Thread.sleep(2);
        }
        training.destroyForcibly().waitFor();
        String left = Files.readString(metrics);
        assertTrue(left.length() > 2500, Files.readString(dir.resolve("output")));
        assertFalse(left.contains("done"), "killed before its end");

        try (Trainer trainer = Trainer.resume(TASK, EXECUTION, dir.resolve("killed"), TrainingListener.NONE)) {
            long steps = left.lines().count();
            assertTrue(trainer.step() > 0 && trainer.step() >= steps - 12, trainer.step() + " of " + steps);
            trainer.run().orElseThrow();
        }
        try (Trainer trainer = Trainer.start(TASK, EXECUTION, dir.resolve("whole"), TrainingListener.NONE)) {
            trainer.run().orElseThrow();
        }
        assertEquals(TrainerTest.curve(dir.resolve("whole")), TrainerTest.curve(dir.resolve("killed")));
        assertEquals(TrainerTest.tensors(dir.resolve("whole")), TrainerTest.tensors(dir.resolve("killed")));
    }

    /** The process that is killed. */
    static final class Run {

        public static void main(String[] args) {
            try (Trainer trainer = Trainer.start(TASK, EXECUTION, Path.of(args[0]), TrainingListener.NONE)) {
                trainer.run();
            }
        }
    }
}
