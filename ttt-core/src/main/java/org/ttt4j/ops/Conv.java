package org.ttt4j.ops;

import java.util.List;

/**
 * Causal depthwise convolutions of one input: {@code y_t[c] = bias[c] + Σ_j w[c, 0, j] x_{t-(J-1)+j}[c]}, zeros before the
 * sequence's start, no activation. Several filters of the same input (queries and keys of the shared projection) share one
 * window of past inputs.
 *
 * @param key the window's name in a {@link SequenceState}
 * @param filters weight [C, 1, J] and bias [C] of every output
 * @param cacheNames the names of the window in the authors' cache form; they all hold the same values
 */
public record Conv(String key, List<Linear> filters, List<String> cacheNames) implements StateSpec {

    public Conv {
        filters = List.copyOf(filters);
        cacheNames = List.copyOf(cacheNames);
    }

    /** Channels C. */
    public int channels() {
        return filters.get(0).out();
    }

    /** Width J of the filter. */
    public int kernel() {
        return filters.get(0).in();
    }

    @Override
    public String layout() {
        return kernel() + " inputs of " + channels() + " channels";
    }
}
