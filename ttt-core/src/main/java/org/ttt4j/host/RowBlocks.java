package org.ttt4j.host;

import org.ttt4j.kernel.Workers;

/** Cuts row-wise work into groups of a size that depends on nothing but the rows' width, and hands them to the threads. */
final class RowBlocks {

    /** Work on rows {@code from} to {@code to - 1}. */
    interface Body {
        void run(int from, int to);
    }

    /** As {@link Body}, and adds what it finds to sums over all rows. */
    interface SummingBody {
        void run(int from, int to, float[] sums);
    }

    /** Floats of a group: large beside the cost of handing it out, small beside a core's cache. */
    private static final int GROUP_FLOATS = 1 << 14;

    /** Rows that kernels take at a time, where they take several. */
    private static final int UNIT = 4;

    /** Groups that sum by themselves: enough for the threads, few sums to keep. */
    private static final int MAX_SUMS = 32;

    private final Workers workers;

    RowBlocks(Workers workers) {
        this.workers = workers;
    }

    void run(int rows, int width, Body body) {
        int group = group(width);
        workers.run(groups(rows, group), g -> body.run(g * group, Math.min(rows, (g + 1) * group)));
    }

    /** Every group sums by itself; the groups' sums are added in order. */
    float[] sum(int rows, int width, int sums, SummingBody body) {
        int group = Math.max(group(width), units((rows + MAX_SUMS - 1) / MAX_SUMS));
        float[][] partial = new float[groups(rows, group)][];
        workers.run(partial.length, g -> {
            partial[g] = new float[sums];
            body.run(g * group, Math.min(rows, (g + 1) * group), partial[g]);
        });
        float[] total = new float[sums];
        for (float[] p : partial) {
            add(p, total);
        }
        return total;
    }

    static void add(float[] x, float[] to) {
        for (int i = 0; i < x.length; i++) {
            to[i] += x[i];
        }
    }

    private static int group(int width) {
        return units(Math.max(1, GROUP_FLOATS / Math.max(1, width)));
    }

    /** Whole units, if there is one. */
    private static int units(int rows) {
        return rows < UNIT ? rows : rows - rows % UNIT;
    }

    private static int groups(int rows, int group) {
        return (rows + group - 1) / group;
    }
}
