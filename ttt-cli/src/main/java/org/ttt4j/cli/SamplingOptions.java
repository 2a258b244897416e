package org.ttt4j.cli;

import org.ttt4j.generate.Sampling;
import picocli.CommandLine.Option;

/** How tokens are chosen, on the command line. */
final class SamplingOptions {

    @Option(
            names = "--temperature",
            paramLabel = "X",
            defaultValue = "0.8",
            description = "Divides the logits; 0 takes the likeliest token always (default: ${DEFAULT-VALUE}).")
    private double temperature;

    @Option(
            names = "--top-k",
            paramLabel = "N",
            defaultValue = "0",
            description = "Only the N likeliest tokens; 0 for all (default: ${DEFAULT-VALUE}).")
    private int topK;

    @Option(
            names = "--top-p",
            paramLabel = "X",
            defaultValue = "1",
            description = "Only the likeliest tokens that together have this probability (default: ${DEFAULT-VALUE}).")
    private double topP;

    @Option(
            names = "--min-p",
            paramLabel = "X",
            defaultValue = "0",
            description = "Only tokens with this share of the likeliest one's probability (default: ${DEFAULT-VALUE}).")
    private double minP;

    @Option(
            names = "--repetition-penalty",
            paramLabel = "X",
            defaultValue = "1",
            description = "Makes tokens that occurred less likely if above 1 (default: ${DEFAULT-VALUE}).")
    private double repetitionPenalty;

    Sampling sampling() {
        return new Sampling(temperature, topK, topP, minP, repetitionPenalty);
    }
}
