package org.ttt4j.generate;

import org.ttt4j.tensor.TttException;

/**
 * How the next token is chosen from the logits. The steps come in this order, each on what the one before has left:
 * repetition penalty, temperature, top-k, top-p, min-p. The {@code with...} methods give changed copies.
 *
 * @param temperature divides the logits; 0 takes the likeliest token (the lowest id among equals)
 * @param topK only the k likeliest tokens; 0 for no limit
 * @param topP only the likeliest tokens that together have at least this probability; 1 for no limit
 * @param minP only tokens with at least this share of the likeliest one's probability; 0 for no limit
 * @param repetitionPenalty positive logits of tokens that occurred in this call, prompt included, are divided by it and
 *     negative ones multiplied; 1 for none
 */
public record Sampling(double temperature, int topK, double topP, double minP, double repetitionPenalty) {

    public Sampling {
        require(temperature >= 0 && temperature < Double.POSITIVE_INFINITY, "temperature", "0 or more", temperature);
        require(topK >= 0, "top-k", "0 or more", topK);
        require(topP > 0 && topP <= 1, "top-p", "above 0 and at most 1", topP);
        require(minP >= 0 && minP <= 1, "min-p", "0 to 1", minP);
        require(
                repetitionPenalty > 0 && repetitionPenalty < Double.POSITIVE_INFINITY,
                "repetition penalty",
                "above 0",
                repetitionPenalty);
    }

    private static void require(boolean holds, String name, String expected, Object actual) {
        if (!holds) {
            throw TttException.mismatch(name, expected, actual);
        }
    }

    /** Always the likeliest token. */
    public static Sampling greedy() {
        return new Sampling(0, 0, 1, 0, 1);
    }

    /** From the model's own distribution, whole. */
    public static Sampling plain() {
        return new Sampling(1, 0, 1, 0, 1);
    }

    public Sampling withTemperature(double t) {
        return new Sampling(t, topK, topP, minP, repetitionPenalty);
    }

    public Sampling withTopK(int k) {
        return new Sampling(temperature, k, topP, minP, repetitionPenalty);
    }

    public Sampling withTopP(double p) {
        return new Sampling(temperature, topK, p, minP, repetitionPenalty);
    }

    public Sampling withMinP(double p) {
        return new Sampling(temperature, topK, topP, p, repetitionPenalty);
    }

    public Sampling withRepetitionPenalty(double penalty) {
        return new Sampling(temperature, topK, topP, minP, penalty);
    }
}
