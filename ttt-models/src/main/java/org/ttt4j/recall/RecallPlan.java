package org.ttt4j.recall;

import java.util.List;
import org.ttt4j.config.MixerKind;
import org.ttt4j.tensor.TttException;

/**
 * What is to be trained: every mixer at every learning rate with every seed.
 *
 * @param task what is to be learned
 * @param mixers what is compared
 * @param steps optimiser steps of a run
 * @param batch texts of a step
 * @param rates highest learning rates
 * @param seeds of weights and texts
 */
public record RecallPlan(
        RecallTask task, List<MixerKind> mixers, int steps, int batch, List<Double> rates, List<Long> seeds) {

    /**
     * Checks that there is something to train.
     *
     * @throws TttException naming what is missing
     */
    public RecallPlan {
        mixers = List.copyOf(mixers);
        rates = List.copyOf(rates);
        seeds = List.copyOf(seeds);
        if (steps < 1 || batch < 1) {
            throw TttException.mismatch("recall", "at least one step of one text", steps + " of " + batch);
        }
        if (mixers.isEmpty() || rates.isEmpty() || seeds.isEmpty()) {
            throw TttException.mismatch(
                    "recall",
                    "a mixer, a learning rate and a seed",
                    mixers.size() + ", " + rates.size() + " and " + seeds.size());
        }
    }
}
