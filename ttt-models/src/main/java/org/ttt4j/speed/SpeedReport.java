package org.ttt4j.speed;

import java.util.List;

/**
 * How fast a model runs.
 *
 * @param rows one for every test
 * @param limits the machine's: the better of two measurements, before the tests and after them
 * @param firstTokenSeconds from the first call on the model to the logits of the next token; the JIT compiler has done
 *     nothing for it then, if it is the first model of the process
 * @param firstTokens tokens that this call read
 */
public record SpeedReport(List<SpeedRow> rows, MachineLimits limits, double firstTokenSeconds, int firstTokens) {

    public SpeedReport {
        rows = List.copyOf(rows);
    }
}
