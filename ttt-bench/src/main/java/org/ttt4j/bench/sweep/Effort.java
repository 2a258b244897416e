package org.ttt4j.bench.sweep;

/**
 * How long a cell is measured.
 *
 * @param forks JVMs, one after the other
 * @param warmups iterations before those that count, in every JVM; the JIT compiler works during them
 * @param warmupSeconds how long each is, at the least
 * @param iterations that count, in every JVM
 * @param seconds how long each of these is, at the least
 */
public record Effort(int forks, int warmups, double warmupSeconds, int iterations, double seconds) {

    private static final int LEAST_ITERATIONS = 5;

    /** For all models in five minutes. */
    public static Effort quick() {
        return new Effort(1, 4, 1, 10, 0.2);
    }

    /** For figures to publish. */
    public static Effort thorough() {
        return new Effort(2, 3, 2, 5, 1);
    }

    /** What it takes if a call takes so long: an iteration ends with the call that has begun. */
    double secondsWith(double call) {
        double warmup = warmups * Math.max(call, warmupSeconds);
        return forks * (warmup + iterations * Math.max(call, seconds));
    }

    /** Less of it where a call is long: the first one warms up, and few must do. */
    Effort forCallsOf(double call) {
        if (call < warmupSeconds) {
            return this;
        }
        return new Effort(1, 1, warmupSeconds, Math.min(iterations, LEAST_ITERATIONS), seconds);
    }
}
