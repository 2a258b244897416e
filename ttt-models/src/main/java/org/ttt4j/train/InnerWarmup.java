package org.ttt4j.train;

/**
 * Warm-up of the inner learning rate, as the authors train TTT-MLP: a factor on it that rises linearly from
 * {@code start} to 1.
 *
 * @param start the factor of the first step, 0 to 1
 * @param steps number of steps until the factor is 1; 0 for no warm-up
 */
public record InnerWarmup(double start, long steps) {

    public static final InnerWarmup NONE = new InnerWarmup(1, 0);

    public InnerWarmup {
        Checks.range("start of the inner learning rate", start, 0, 1);
        Checks.atLeast("inner warm-up steps", steps, 0);
    }

    /** The factor of a step, counted from 1. */
    public double multiplier(long step) {
        return step > steps ? 1 : start + (1 - start) * (step - 1) / steps;
    }
}
