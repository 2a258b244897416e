package org.ttt4j.cli;

import java.util.List;
import java.util.Optional;
import org.ttt4j.config.MixerKind;
import org.ttt4j.config.ModelConfig;
import org.ttt4j.config.TTTConfig;
import org.ttt4j.tensor.TttException;
import org.ttt4j.train.Decay;
import org.ttt4j.train.InnerWarmup;
import org.ttt4j.train.Optimization;
import org.ttt4j.train.Reading;
import org.ttt4j.train.Rhythm;
import org.ttt4j.train.Schedule;
import org.ttt4j.train.TrainingPlan;
import picocli.CommandLine.Option;

/** A training's plan on the command line. What is not given is null. */
final class PlanOptions {

    private static final long DEFAULT_STEPS = 1000;
    private static final int DEFAULT_BATCH = 16;
    private static final int DEFAULT_CONTEXT = 256;
    private static final double DEFAULT_RATE = 3e-3;
    /** The authors' inner learning rate begins at 0.01 and ends at 0.1 in TTT-MLP. */
    private static final double MLP_START = 0.1;

    @Option(names = "--context", paramLabel = "N", description = "Tokens of a window (default: 256).")
    private Integer context;

    @Option(names = "--batch", paramLabel = "N", description = "Windows side by side (default: 16).")
    private Integer batch;

    @Option(
            names = "--accumulate",
            paramLabel = "N",
            description = "Batches for one step, where one large batch would not fit into memory (default: 1).")
    private Integer accumulation;

    @Option(names = "--steps", paramLabel = "N", description = "Optimiser steps (default: 1000).")
    private Long steps;

    @Option(names = "--lr", paramLabel = "X", description = "Highest learning rate (default: 3e-3).")
    private Double rate;

    @Option(
            names = "--min-lr",
            paramLabel = "X",
            description = "Learning rate of the last step, at the cosine's end (default: a tenth of --lr).")
    private Double leastRate;

    @Option(
            names = "--warmup",
            paramLabel = "N",
            description = "Steps until the learning rate is at its highest (default: a tenth of --steps).")
    private Long warmup;

    @Option(names = "--beta1", paramLabel = "X", description = "AdamW's decay of the first moment (default: 0.9).")
    private Double beta1;

    @Option(names = "--beta2", paramLabel = "X", description = "AdamW's decay of the second moment (default: 0.95).")
    private Double beta2;

    @Option(names = "--weight-decay", paramLabel = "X", description = "Weight decay (default: 0.1).")
    private Double weightDecay;

    @Option(
            names = "--decay",
            paramLabel = "all|matrices",
            description = "Parameters that decay: all, or those of two or more dimensions (default: all).")
    private Decay decay;

    @Option(
            names = "--clip",
            paramLabel = "X",
            description = "Longest gradient; longer ones are scaled down; 0 for no limit (default: 1).")
    private Double clip;

    @Option(
            names = "--inner-lr-init",
            paramLabel = "X",
            description = "Where the inner learning rate begins; it rises to --inner-lr over --warmup "
                    + "(default: a tenth of --inner-lr for ttt-mlp; --inner-lr itself for ttt-linear).")
    private Double innerRateInit;

    @Option(
            names = "--freeze",
            paramLabel = "KEY",
            description = "Parameters that do not learn, by their names in model.safetensors; * stands for anything.")
    private List<String> frozen;

    @Option(
            names = "--carry",
            description = "Read the text from its start to its end and carry the state from window to window.")
    private boolean carry;

    @Option(
            names = "--val-fraction",
            paramLabel = "X",
            description = "Share of the text, its last part, that is kept for validation (default: 0.1).")
    private Double validationFraction;

    @Option(
            names = "--report-every",
            paramLabel = "N",
            description = "Steps from report to report (default: a hundredth of --steps).")
    private Long reportEvery;

    @Option(
            names = "--eval-every",
            paramLabel = "N",
            description = "Steps from validation to validation, 0 for one at the end (default: a fifth of --steps).")
    private Long evaluateEvery;

    @Option(
            names = "--save-every",
            paramLabel = "N",
            description = "Steps from save to save (default: a twentieth of --steps, at most 1000).")
    private Long saveEvery;

    /** A new plan: the options, and defaults for what is not given. */
    TrainingPlan fresh(ModelConfig config, Optional<Long> seed) {
        double highest = or(rate, DEFAULT_RATE);
        TrainingPlan defaults = TrainingPlan.of(
                or(steps, DEFAULT_STEPS), or(batch, DEFAULT_BATCH), or(context, DEFAULT_CONTEXT), highest);
        TrainingPlan plan = over(defaults, config, seed);
        boolean slowly = innerRateInit == null && config.mixer() == MixerKind.TTT_MLP;
        return slowly ? plan.withInnerWarmup(new InnerWarmup(MLP_START, warmup(plan))) : plan;
    }

    /** An existing plan with what is given changed. */
    TrainingPlan over(TrainingPlan base, ModelConfig config, Optional<Long> seed) {
        return new TrainingPlan(
                or(steps, base.steps()),
                or(batch, base.batch()),
                or(context, base.context()),
                or(accumulation, base.accumulation()),
                carry ? Reading.CARRIED : base.reading(),
                or(validationFraction, base.validationFraction()),
                seed.orElse(base.seed()),
                over(base.optimization()),
                innerRateInit == null
                        ? base.innerWarmup()
                        : new InnerWarmup(innerRateInit / baseRate(config), or(warmup, warmup(base))),
                over(base.rhythm()));
    }

    private static double baseRate(ModelConfig config) {
        if (config instanceof TTTConfig ttt) {
            return ttt.baseLearningRate();
        }
        throw TttException.mismatch("--inner-lr-init", "a mixer that learns at test time", config.mixer());
    }

    private Optimization over(Optimization base) {
        Schedule schedule = new Schedule(
                or(rate, base.schedule().peak()),
                or(leastRate, base.schedule().floor()),
                or(warmup, base.schedule().warmup()));
        return new Optimization(
                schedule,
                or(beta1, base.beta1()),
                or(beta2, base.beta2()),
                base.epsilon(),
                or(weightDecay, base.weightDecay()),
                or(decay, base.decay()),
                or(clip, base.clip()),
                or(frozen, base.frozen()));
    }

    private Rhythm over(Rhythm base) {
        return new Rhythm(
                or(reportEvery, base.report()), or(evaluateEvery, base.evaluate()), or(saveEvery, base.save()));
    }

    private static long warmup(TrainingPlan plan) {
        return plan.optimization().schedule().warmup();
    }

    private static <T> T or(T given, T otherwise) {
        return given == null ? otherwise : given;
    }
}
