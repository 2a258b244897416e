package org.ttt4j.bench.sweep;

import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import org.ttt4j.bench.BenchModel;

/**
 * Measures one cell after the other. What would take too long is left out, and says so: how long a call will take is foreseen
 * from shorter texts.
 */
public final class Sweep {

    /** Starting a JVM and making up weights, about. */
    private static final double START_SECONDS = 2;

    private final CellRunner runner;
    private final Effort effort;
    private final double secondsOfCell;
    private final double secondsInAll;
    private final DoubleSupplier clock;

    /**
     * @param secondsOfCell the most that a cell may be expected to take
     * @param secondsInAll after which no cell begins that would end later
     */
    public Sweep(CellRunner runner, Effort effort, double secondsOfCell, double secondsInAll) {
        this(runner, effort, secondsOfCell, secondsInAll, () -> System.nanoTime() / 1e9);
    }

    Sweep(CellRunner runner, Effort effort, double secondsOfCell, double secondsInAll, DoubleSupplier clock) {
        this.runner = runner;
        this.effort = effort;
        this.secondsOfCell = secondsOfCell;
        this.secondsInAll = secondsInAll;
        this.clock = clock;
    }

    /**
     * Measures the cells in their order; those of a curve come from the shortest text on.
     *
     * @param known earlier results; cells with a time there are not measured again
     * @param after gets the results so far after every cell
     */
    public Results run(List<Cell> cells, Results known, Consumer<Results> after) {
        double start = clock.getAsDouble();
        Results results = known;
        for (Cell cell : cells) {
            if (results.row(cell).filter(Row::measured).isEmpty()) {
                results = results.with(row(cell, results, clock.getAsDouble() - start));
                after.accept(results);
            }
        }
        return results;
    }

    private Row row(Cell cell, Results results, double elapsed) {
        OptionalDouble ms = Forecast.msPerToken(results.rows(), cell);
        double call = ms.orElse(0) / 1e3 * cell.test().tokensOfCall(cell.context()) * cell.batch();
        Effort fitting = effort.forCallsOf(call);
        double expected = START_SECONDS * fitting.forks() + fitting.secondsWith(call);
        if (expected > secondsOfCell) {
            return left(cell, call, String.format(Locale.ROOT, "the limit of a cell is %.0f s", secondsOfCell));
        }
        if (elapsed + expected > secondsInAll) {
            return left(cell, call, String.format(Locale.ROOT, "the limit of the run is %.0f s", secondsInAll));
        }
        return runner.run(cell, fitting);
    }

    private static Row left(Cell cell, double call, String limit) {
        long counted =
                BenchModel.config(cell.mixer(), cell.backbone(), cell.preset()).stateFloats(cell.context())
                        * Float.BYTES;
        String time = call > 0 ? String.format(Locale.ROOT, "about %.1f s a call, ", call) : "";
        return Row.missing(cell, counted, "left out: " + time + limit);
    }
}
