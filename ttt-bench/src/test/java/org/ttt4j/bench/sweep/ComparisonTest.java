package org.ttt4j.bench.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.ttt4j.bench.sweep.Comparison.Verdict.FASTER;
import static org.ttt4j.bench.sweep.Comparison.Verdict.SLOWER;
import static org.ttt4j.bench.sweep.Comparison.Verdict.UNKNOWN;
import static org.ttt4j.bench.sweep.Comparison.Verdict.WITHIN_ERROR;
import static org.ttt4j.config.MixerKind.TTT_LINEAR;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.ttt4j.tensor.TttException;

class ComparisonTest {

    private static Cell cell(int context) {
        return Rows.cell(Workload.DECODE, TTT_LINEAR, context);
    }

    @Test
    void errorBarsDecide() {
        Results before = Rows.results(
                Rows.row(cell(1), 10, 1.0),
                Rows.row(cell(2), 10, 1.0),
                Rows.row(cell(3), 10, 1.0),
                Rows.row(cell(4), 10, null));
        Results after = Rows.results(
                Rows.row(cell(1), 7.5, 1.0),
                Rows.row(cell(2), 12, 1.0),
                Rows.row(cell(3), 15, 3.0),
                Rows.row(cell(4), 15, 3.0));
        List<Comparison.Change> changes = Comparison.of(before, after).changes();
        assertEquals(
                List.of(FASTER, WITHIN_ERROR, SLOWER, UNKNOWN),
                changes.stream().map(Comparison.Change::verdict).toList());
        assertEquals("-25.0 %", changes.get(0).percent());
        assertEquals("+50.0 %", changes.get(2).percent());
    }

    @Test
    void cellsOfOneRunAreCounted() {
        Results before = Rows.results(
                Rows.row(cell(1), 10, 1.0), Rows.row(cell(2), 10, 1.0), Row.missing(cell(3), 1, "too slow"));
        Results after =
                Rows.results(Rows.row(cell(1), 10, 1.0), Rows.row(cell(3), 10, 1.0), Rows.row(cell(5), 10, 1.0));
        Comparison comparison = Comparison.of(before, after);
        assertEquals(1, comparison.changes().size());
        assertEquals(1, comparison.onlyBefore());
        assertEquals(2, comparison.onlyAfter());
        assertThrows(TttException.class, () -> Comparison.of(before, Rows.results(Rows.row(cell(9), 1, 1.0))));
    }

    @Test
    void anotherJdkIsPointedOut() {
        Results before = Rows.results(Rows.row(cell(1), 10, 1.0));
        Results after = new Results(Rows.environment("25"), new ArrayList<>(before.rows()));
        assertEquals(List.of("JDK: 17, then 25"), Comparison.of(before, after).environment());
        assertTrue(Comparison.of(before, before).environment().isEmpty());
    }
}
