package org.ttt4j.bench.sweep;

import java.util.List;
import java.util.OptionalDouble;

/**
 * How long a longer text will take, from shorter ones: attention's time per token grows by a straight line, the others' stays,
 * so the line through the last two lengths serves all.
 */
final class Forecast {

    private Forecast() {}

    /**
     * Milliseconds per token at a context; empty if no shorter one of the same curve was measured.
     *
     * @param rows of all cells so far
     */
    static OptionalDouble msPerToken(List<Row> rows, Cell cell) {
        List<Row> shorter = rows.stream()
                .filter(row -> row.measured()
                        && row.cell().context() < cell.context()
                        && row.cell().withContext(cell.context()).equals(cell))
                .sorted((a, b) -> Integer.compare(a.cell().context(), b.cell().context()))
                .toList();
        if (shorter.isEmpty()) {
            return OptionalDouble.empty();
        }
        Row last = shorter.get(shorter.size() - 1);
        if (shorter.size() == 1) {
            return OptionalDouble.of(last.msPerToken());
        }
        Row before = shorter.get(shorter.size() - 2);
        double slope = (last.msPerToken() - before.msPerToken())
                / (last.cell().context() - before.cell().context());
        return OptionalDouble.of(last.msPerToken()
                + Math.max(0, slope) * (cell.context() - last.cell().context()));
    }
}
