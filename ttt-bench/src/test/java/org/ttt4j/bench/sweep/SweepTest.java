package org.ttt4j.bench.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.ttt4j.bench.sweep.Workload.PREFILL;
import static org.ttt4j.config.MixerKind.ATTENTION;
import static org.ttt4j.config.MixerKind.TTT_LINEAR;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.ttt4j.config.MixerKind;

/** With a clock and a runner of its own: 1 ms a token, and in attention another for every 1,000 tokens before it. */
class SweepTest {

    private static final Effort EFFORT = new Effort(1, 2, 1.25, 5, 0.4);

    private final List<Cell> measured = new ArrayList<>();
    private double now;

    private Row measure(Cell cell, Effort effort) {
        measured.add(cell);
        double ms = 1 + (cell.mixer() == ATTENTION ? cell.context() / 1000.0 : 0);
        now += effort.secondsWith(ms / 1e3 * cell.context());
        return Rows.row(cell, ms, 0.1);
    }

    private Results sweep(List<Cell> cells, double secondsOfCell, double secondsInAll, Results known) {
        List<Results> seen = new ArrayList<>();
        Results results =
                new Sweep(this::measure, EFFORT, secondsOfCell, secondsInAll, () -> now).run(cells, known, seen::add);
        assertEquals(results, seen.get(seen.size() - 1));
        return results;
    }

    private static List<Cell> cells(MixerKind mixer, int... contexts) {
        return IntStream.of(contexts)
                .mapToObj(context -> Rows.cell(PREFILL, mixer, context))
                .toList();
    }

    @Test
    void measuresInOrder() {
        List<Cell> cells = cells(TTT_LINEAR, 100, 200, 400);
        Results results = sweep(cells, 100, 1000, Rows.results());
        assertEquals(cells, measured);
        assertEquals(cells, results.rows().stream().map(Row::cell).toList());
    }

    @Test
    void whatWouldTakeTooLongIsForeseen() {
        // attention at 8,000: 9 ms a token, 72 s a call, four calls
        Results results = sweep(cells(ATTENTION, 1000, 2000, 8000), 200, 1000, Rows.results());
        assertEquals(2, measured.size());
        Row left = results.rows().get(2);
        assertEquals("left out: about 72.0 s a call, the limit of a cell is 200 s", left.missing());
        assertTrue(left.countedStateBytes() > 0);
        sweep(cells(ATTENTION, 8000), 500, 1000, results);
        assertEquals(3, measured.size(), "a larger limit");
    }

    @Test
    void theWholeRunHasALimit() {
        Results results = sweep(cells(TTT_LINEAR, 100, 200, 400, 800), 100, 12, Rows.results());
        assertEquals(2, measured.size());
        assertTrue(results.rows().get(3).missing().endsWith("the limit of the run is 12 s"));
        assertTrue(now <= 12);
    }

    @Test
    void whatIsKnownIsNotMeasuredAgain() {
        List<Cell> cells = cells(TTT_LINEAR, 100, 200);
        Results known = Rows.results(Rows.row(cells.get(0), 5, null), Row.missing(cells.get(1), 1, "left out"));
        Results results = sweep(cells, 100, 1000, known);
        assertEquals(cells.subList(1, 2), measured);
        assertEquals(5, results.row(cells.get(0)).orElseThrow().msPerToken());
        assertEquals(1, results.row(cells.get(1)).orElseThrow().msPerToken());
    }
}
