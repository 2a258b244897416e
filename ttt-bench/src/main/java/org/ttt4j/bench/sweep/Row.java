package org.ttt4j.bench.sweep;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.List;
import org.ttt4j.tensor.TttException;

/**
 * What became of a cell: a time, or the reason why there is none.
 *
 * @param msPerToken JMH's score, the mean over its iterations, in milliseconds for one token of one sequence; or null
 * @param error JMH's: half the width of the 99.9 % confidence interval of the mean; null where one iteration gives none
 * @param samples the iterations
 * @param stateBytes of one sequence after the context, as {@code SequenceState.bytes()} tells; or null
 * @param countedStateBytes of one sequence, as {@code ModelConfig.stateFloats} counts
 * @param missing why there is no time; or null
 */
public record Row(
        Cell cell,
        Double msPerToken,
        Double error,
        List<Double> samples,
        Long stateBytes,
        long countedStateBytes,
        String missing) {

    public Row {
        samples = List.copyOf(samples);
        if ((msPerToken == null) == (missing == null)) {
            throw TttException.mismatch("row of " + cell, "a time, or why there is none", "both, or neither");
        }
        if (msPerToken != null && !(msPerToken > 0 && Double.isFinite(msPerToken))) {
            throw TttException.mismatch("time of " + cell, "a finite number above 0", msPerToken);
        }
    }

    /** A cell without a time. */
    static Row missing(Cell cell, long countedStateBytes, String why) {
        return new Row(cell, null, null, List.of(), null, countedStateBytes, why);
    }

    @JsonIgnore
    public boolean measured() {
        return missing == null;
    }
}
