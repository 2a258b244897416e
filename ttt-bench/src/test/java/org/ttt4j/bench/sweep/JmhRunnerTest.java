package org.ttt4j.bench.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.VerboseMode;
import org.ttt4j.bench.BenchModel;
import org.ttt4j.config.MixerKind;
import org.ttt4j.matrix.WeightType;

/** Real benchmarks, as short as they can be, in this JVM. */
class JmhRunnerTest {

    private static final Effort LEAST = new Effort(0, 0, 0.001, 2, 0.001);

    private final ByteArrayOutputStream log = new ByteArrayOutputStream();

    @BeforeAll
    static void besideOthers() {
        System.setProperty("jmh.ignoreLock", "true");
        System.setProperty(BenchModel.QUIET, "true");
    }

    private Row run(Workload test, MixerKind mixer, String preset, int batch, int context) {
        Cell cell = new Cell(test, mixer, "own", preset, batch, WeightType.FLOAT32, 2, "auto", context);
        return JmhRunner.loggingTo(new PrintStream(log)).run(cell, LEAST);
    }

    @ParameterizedTest
    @EnumSource
    void everyTestOfEveryMixerGivesATime(MixerKind mixer) {
        for (Workload test : Workload.values()) {
            Row row = run(test, mixer, "tiny", 2, 48);
            assertTrue(row.measured(), () -> row.missing());
            assertEquals(2, row.samples().size());
            assertTrue(row.msPerToken() > 1e-6 && row.msPerToken() < 1e5, "ms " + row.msPerToken());
            if (test == Workload.TRAIN) {
                continue;
            }
            assertNotNull(row.stateBytes());
            double counted = (double) row.stateBytes() / row.countedStateBytes();
            assertTrue(counted > 0.5 && counted < 3, row.stateBytes() + " of " + row.countedStateBytes());
        }
    }

    @Test
    void whatDoesNotFitSaysSo() {
        Row row = run(Workload.DECODE, MixerKind.TTT_LINEAR, "1b", 1, 512);
        assertFalse(row.measured());
        assertTrue(row.missing().matches("weights, memory: expected at most .* GiB, .* found .* GiB.*"), row.missing());
        Row cache = run(Workload.DECODE, MixerKind.ATTENTION, "small", 1, 1 << 20);
        assertTrue(cache.missing().startsWith("1048576 tokens of context, memory: expected at most "), cache.missing());
    }

    @Test
    void theJarListsAll() {
        Set<String> names = new TreeSet<>();
        BenchmarkList.defaultList()
                .getAll(OutputFormatFactory.createFormatInstance(new PrintStream(log), VerboseMode.SILENT), List.of())
                .forEach((BenchmarkListEntry entry) ->
                        names.add(entry.getUsername().replaceAll(".*\\.(\\w+)\\.\\w+$", "$1")));
        assertEquals(
                Set.of(
                        "DecodeBenchmark",
                        "InnerLoopKernelBenchmark",
                        "PrefillBenchmark",
                        "RowKernelBenchmark",
                        "TrainStepBenchmark"),
                names);
    }
}
