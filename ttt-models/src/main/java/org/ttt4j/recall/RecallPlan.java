package org.ttt4j.recall;

import java.util.List;
import org.ttt4j.config.MixerKind;

/**
 * What is to be trained: every mixer at every learning rate with every seed.
 *
 * @param steps optimiser steps of a run
 * @param batch texts of a step
 * @param rates highest learning rates
 * @param seeds of weights and texts
 */
public record RecallPlan(
        RecallTask task, List<MixerKind> mixers, int steps, int batch, List<Double> rates, List<Long> seeds) {

    public RecallPlan {
        mixers = List.copyOf(mixers);
        rates = List.copyOf(rates);
        seeds = List.copyOf(seeds);
    }
}
