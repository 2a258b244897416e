package org.ttt4j.recall;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.ttt4j.config.MixerKind;
import org.ttt4j.tensor.TttException;

/** All trainings of a plan, side by side on one thread each: models of this size have too little for more. */
public final class RecallSweep {

    private RecallSweep() {}

    /**
     * A mixer's trainings at one learning rate.
     *
     * @param accuracy their mean
     * @param spread their standard deviation; 0 of a single one
     */
    public record Score(MixerKind mixer, double rate, double accuracy, double spread, List<RecallRun> runs) {

        static Score of(List<RecallRun> runs) {
            double mean =
                    runs.stream().mapToDouble(RecallRun::accuracy).average().orElseThrow();
            double squares = runs.stream()
                    .mapToDouble(run -> Math.pow(run.accuracy() - mean, 2))
                    .sum();
            double spread = runs.size() > 1 ? Math.sqrt(squares / (runs.size() - 1)) : 0;
            return new Score(runs.get(0).mixer(), runs.get(0).rate(), mean, spread, List.copyOf(runs));
        }
    }

    /**
     * Trains everything.
     *
     * @param threads trainings side by side
     * @param each sees every training when it has ended, one at a time
     * @return a score for every mixer and learning rate, in the plan's order
     */
    public static List<Score> run(RecallPlan plan, int threads, Consumer<RecallRun> each) {
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            List<List<Future<RecallRun>>> groups = new ArrayList<>();
            for (MixerKind mixer : plan.mixers()) {
                for (double rate : plan.rates()) {
                    groups.add(plan.seeds().stream()
                            .map(seed -> executor.submit(() -> {
                                RecallRun run = RecallRun.of(plan, mixer, rate, seed);
                                synchronized (each) {
                                    each.accept(run);
                                }
                                return run;
                            }))
                            .toList());
                }
            }
            List<Score> scores = new ArrayList<>();
            for (List<Future<RecallRun>> group : groups) {
                List<RecallRun> runs = new ArrayList<>();
                for (Future<RecallRun> run : group) {
                    runs.add(run.get());
                }
                scores.add(Score.of(runs));
            }
            return scores;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof TttException known ? known : new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TttException("interrupted", e);
        } finally {
            executor.shutdownNow();
        }
    }

    /** Every mixer's best learning rate, in the order of the scores. */
    public static List<Score> best(List<Score> scores) {
        return scores.stream()
                .map(Score::mixer)
                .distinct()
                .map(mixer -> scores.stream()
                        .filter(score -> score.mixer() == mixer)
                        .max(Comparator.comparingDouble(Score::accuracy))
                        .orElseThrow())
                .toList();
    }
}
