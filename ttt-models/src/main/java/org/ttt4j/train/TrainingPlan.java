package org.ttt4j.train;

/**
 * How a model is trained. One step reads {@code accumulation · batch} windows of {@code context} tokens and moves the
 * weights once.
 *
 * @param steps number of optimiser steps
 * @param batch B, windows that are computed side by side
 * @param context L, tokens per window
 * @param accumulation batches per step; their gradients are averaged over all tokens
 * @param reading how windows are taken from the text
 * @param validationFraction the text's last part that is kept for validation, 0 for none
 * @param seed of the windows, and of the initial weights where there is no checkpoint to start from
 * @param optimization the optimiser's settings
 * @param innerWarmup warm-up of the inner learning rate
 * @param rhythm reports, evaluations and saves
 */
public record TrainingPlan(
        long steps,
        int batch,
        int context,
        int accumulation,
        Reading reading,
        double validationFraction,
        long seed,
        Optimization optimization,
        InnerWarmup innerWarmup,
        Rhythm rhythm) {

    public TrainingPlan {
        Checks.atLeast("steps", steps, 1);
        Checks.atLeast("batch", batch, 1);
        Checks.atLeast("context", context, 1);
        Checks.atLeast("accumulation", accumulation, 1);
        Checks.range("validation fraction", validationFraction, 0, Math.nextDown(1.0));
    }

    /**
     * A plan with the authors' optimiser settings: warm-up over a tenth of the steps, cosine to a tenth of the learning
     * rate; a tenth of the text for validation, seed 1.
     */
    public static TrainingPlan of(long steps, int batch, int context, double learningRate) {
        return new TrainingPlan(
                steps,
                batch,
                context,
                1,
                Reading.RANDOM,
                0.1,
                1,
                Optimization.of(new Schedule(learningRate, learningRate / 10, steps / 10)),
                InnerWarmup.NONE,
                Rhythm.of(steps));
    }

    public TrainingPlan withOptimization(Optimization o) {
        return new TrainingPlan(
                steps, batch, context, accumulation, reading, validationFraction, seed, o, innerWarmup, rhythm);
    }

    public TrainingPlan withAccumulation(int batches) {
        return new TrainingPlan(
                steps, batch, context, batches, reading, validationFraction, seed, optimization, innerWarmup, rhythm);
    }

    public TrainingPlan withReading(Reading r) {
        return new TrainingPlan(
                steps, batch, context, accumulation, r, validationFraction, seed, optimization, innerWarmup, rhythm);
    }

    public TrainingPlan withInnerWarmup(InnerWarmup w) {
        return new TrainingPlan(
                steps, batch, context, accumulation, reading, validationFraction, seed, optimization, w, rhythm);
    }

    public TrainingPlan withRhythm(Rhythm r) {
        return new TrainingPlan(
                steps, batch, context, accumulation, reading, validationFraction, seed, optimization, innerWarmup, r);
    }

    public TrainingPlan withSeed(long s) {
        return new TrainingPlan(
                steps, batch, context, accumulation, reading, validationFraction, s, optimization, innerWarmup, rhythm);
    }

    /** Tokens that a step predicts. */
    public long tokensPerStep() {
        return (long) accumulation * batch * context;
    }
}
