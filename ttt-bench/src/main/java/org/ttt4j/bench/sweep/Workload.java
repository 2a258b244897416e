package org.ttt4j.bench.sweep;

import org.ttt4j.bench.DecodeBenchmark;
import org.ttt4j.bench.PrefillBenchmark;
import org.ttt4j.bench.TrainStepBenchmark;

/** What is done with a text. */
public enum Workload {
    /** Reading it from its start. */
    PREFILL("prefill", PrefillBenchmark.class),
    /** Writing a token after it. */
    DECODE("decode", DecodeBenchmark.class),
    /** A training step on it. */
    TRAIN("train", TrainStepBenchmark.class);

    private final String label;
    private final Class<?> benchmark;

    Workload(String label, Class<?> benchmark) {
        this.label = label;
        this.benchmark = benchmark;
    }

    /** Its name on the command line and in files. */
    @Override
    public String toString() {
        return label;
    }

    /** The pattern by which JMH finds its benchmark; the method is named as the test is. */
    String pattern() {
        return benchmark.getName().replace(".", "\\.") + "\\." + label + "$";
    }

    /** Tokens of a sequence that JMH's score stands for. */
    int tokensOfScore(int context) {
        return this == DECODE ? 1 : context;
    }

    /** Tokens of a sequence that are computed between two looks at the clock, at the least. */
    int tokensOfCall(int context) {
        return this == DECODE ? DecodeBenchmark.TOKENS : context;
    }
}
