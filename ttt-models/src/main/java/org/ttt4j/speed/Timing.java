package org.ttt4j.speed;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How long something takes, over several runs. The first runs are slower: the JIT compiler has not finished. They are told,
 * and left out of the rate.
 *
 * @param seconds the median run from the first steady one on; a run is steady if it is at most a tenth longer than the median
 *     of the later half
 * @param runs how many runs that were
 * @param least the shortest run
 * @param first the first run
 * @param steadyAfter seconds that the runs before the first steady one took
 * @param median which run the median one is, from 0
 */
public record Timing(double seconds, int runs, double least, double first, double steadyAfter, int median) {

    private static final double STEADY = 1.1;

    /** Runs at least so many times, and until so many seconds have gone by. */
    static Timing of(Runnable run, int leastRuns, double seconds) {
        List<Double> durations = new ArrayList<>();
        double total = 0;
        while (durations.size() < leastRuns || total < seconds) {
            durations.add(seconds(run));
            total += durations.get(durations.size() - 1);
        }
        return of(durations);
    }

    /** Seconds that one run takes. */
    static double seconds(Runnable run) {
        long start = System.nanoTime();
        run.run();
        return (System.nanoTime() - start) / 1e9;
    }

    /** The summary of runs in their order. */
    static Timing of(List<Double> durations) {
        int n = durations.size();
        double limit = STEADY * durations.get(median(durations, n / 2));
        int steady = 0;
        double before = 0;
        while (durations.get(steady) > limit) {
            before += durations.get(steady++);
        }
        int median = median(durations, steady);
        double least = durations.stream().mapToDouble(d -> d).min().orElseThrow();
        return new Timing(durations.get(median), n - steady, least, durations.get(0), before, median);
    }

    /** The index of the median from an index on; of two, the longer run's. */
    private static int median(List<Double> durations, int from) {
        List<Integer> sorted = IntStream.range(from, durations.size())
                .boxed()
                .sorted(Comparator.comparing(durations::get))
                .toList();
        return sorted.get(sorted.size() / 2);
    }
}
