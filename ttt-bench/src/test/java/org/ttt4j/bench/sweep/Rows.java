package org.ttt4j.bench.sweep;

import java.util.List;
import org.ttt4j.config.MixerKind;
import org.ttt4j.matrix.WeightType;

/** Rows and environments for tests. */
final class Rows {

    private Rows() {}

    static Cell cell(Workload test, MixerKind mixer, int context) {
        return new Cell(test, mixer, "own", "tiny", 1, WeightType.FLOAT32, 2, "scalar", context);
    }

    static Row row(Cell cell, double ms, Double error) {
        return new Row(cell, ms, error, List.of(ms), 4096L, 4096, null);
    }

    static Row row(Workload test, MixerKind mixer, int context, double ms) {
        return row(cell(test, mixer, context), ms, ms / 100);
    }

    static RunEnvironment environment(String jdk) {
        return new RunEnvironment(
                "1", jdk, List.of("-Xmx1g"), "scalar", "CpuBackend", "a processor", 2, "Linux", 1024, 512, "now");
    }

    static Results results(Row... rows) {
        return new Results(environment("17"), List.of(rows));
    }
}
