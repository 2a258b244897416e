package org.ttt4j.train;

/**
 * After how many steps what happens. It does not change what is learnt.
 *
 * @param report steps from report to report
 * @param evaluate steps from evaluation to evaluation, each with a report; 0 for one at the end only
 * @param save steps from save to save
 */
public record Rhythm(long report, long evaluate, long save) {

    private static final int REPORTS = 100;
    private static final int EVALUATIONS = 5;
    private static final int SAVES = 20;
    private static final int MOST_STEPS_TO_LOSE = 1000;

    public Rhythm {
        Checks.atLeast("steps between reports", report, 1);
        Checks.atLeast("steps between evaluations", evaluate, 0);
        Checks.atLeast("steps between saves", save, 1);
    }

    /** 100 reports, 5 evaluations, and 20 saves or one every 1,000 steps. */
    public static Rhythm of(long steps) {
        return new Rhythm(
                Math.max(1, steps / REPORTS),
                Math.max(1, steps / EVALUATIONS),
                Math.max(1, Math.min(MOST_STEPS_TO_LOSE, steps / SAVES)));
    }

    boolean reports(long step) {
        return step % report == 0;
    }

    boolean evaluates(long step) {
        return evaluate > 0 && step % evaluate == 0;
    }

    boolean saves(long step) {
        return step % save == 0;
    }
}
