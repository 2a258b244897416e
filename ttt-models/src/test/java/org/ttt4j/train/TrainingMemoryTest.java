package org.ttt4j.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.ttt4j.config.Backbone;
import org.ttt4j.config.InnerKind;
import org.ttt4j.config.TTTConfig;
import org.ttt4j.execution.Execution;

class TrainingMemoryTest {

    private static final Path STATUS = Path.of("/proc/self/status");
    private static final double MIB = 1 << 20;

    @TempDir
    Path dir;

    /** Steps, evaluations and saves leave nothing behind, on the heap or beside it. */
    @Test
    void memoryStaysBounded() {
        Assumptions.assumeTrue(Files.isReadable(STATUS), "no " + STATUS + " on this system");
        TrainingTask task = Small.task(Small.plan(450).withRhythm(new Rhythm(1, 30, 15)));
        Map<Long, Long> resident = new HashMap<>();
        TrainingListener listener = new TrainingListener() {
            @Override
            public void step(long step, double loss) {
                if (step % 150 == 0) {
                    resident.put(step, residentBytes());
                }
            }
        };
        try (Trainer trainer = Trainer.start(task, Execution.fused().withThreads(2), dir, listener)) {
            trainer.run();
        }
        double growth = (resident.get(450L) - resident.get(150L)) / MIB;
        assertTrue(growth < 96, "300 steps took " + growth + " MiB");
    }

    private static long residentBytes() {
        System.gc();
        try {
            return Files.readAllLines(STATUS).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a forward pass was measured to keep on the heap: 46.6 MiB, and 72.5 MiB for TTT-MLP. */
    @Test
    void theEstimateIsNearTheMeasuredMemory() {
        TTTConfig config = TTTConfig.preset("demo").withBackbone(Backbone.MAMBA).with(Map.of("intermediate_size", 341));
        TrainingPlan plan = TrainingPlan.of(1, 12, 64, 1e-3);
        MemoryEstimate linear = MemoryEstimate.of(config, plan, DataType.FLOAT);
        assertEquals(46.6, linear.activations() / MIB, 5);
        MemoryEstimate mlp = MemoryEstimate.of(config.withInner(InnerKind.MLP), plan, DataType.FLOAT);
        assertEquals(72.5, mlp.activations() / MIB, 8);
        assertEquals(4 * config.parameterCount(), linear.weights());
        assertEquals(
                linear.total() * 2,
                MemoryEstimate.of(config, plan, DataType.DOUBLE).total());
    }
}
