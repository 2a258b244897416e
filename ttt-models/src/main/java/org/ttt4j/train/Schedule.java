package org.ttt4j.train;

/**
 * The learning rate over the steps: a linear rise from 0, then half a cosine down (Loshchilov and Hutter 2017, without
 * restarts). The last step of the warm-up has the peak, the last step of all has the floor.
 *
 * @param peak the highest rate
 * @param floor the rate of the last step
 * @param warmup number of steps that rise; 0 for none
 */
public record Schedule(double peak, double floor, long warmup) {

    public Schedule {
        Checks.range("learning rate", peak, 0, Double.MAX_VALUE);
        Checks.range("least learning rate", floor, 0, peak);
        Checks.atLeast("warm-up steps", warmup, 0);
    }

    /** The rate of a step, counted from 1. */
    public double at(long step, long steps) {
        if (step <= warmup) {
            return peak * step / warmup;
        }
        double progress = (double) (step - warmup) / (steps - warmup);
        return floor + (peak - floor) * (1 + Math.cos(Math.PI * progress)) / 2;
    }
}
