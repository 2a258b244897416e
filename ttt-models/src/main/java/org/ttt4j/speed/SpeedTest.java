package org.ttt4j.speed;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.ttt4j.execution.Execution;
import org.ttt4j.kernel.MemoryBandwidth;
import org.ttt4j.lm.LanguageModel;
import org.ttt4j.matrix.WeightType;
import org.ttt4j.ops.Gradients;
import org.ttt4j.ops.SequenceState;
import org.ttt4j.tensor.TttException;

/**
 * Times a model on random tokens, and the machine beside it.
 *
 * @param <A> the executor's array type
 */
public final class SpeedTest<A> {

    private static final int LEAST_RUNS = 3;
    /** The product peak's share of a test's time, for every shape. */
    private static final double SHARE_OF_SHAPE = 0.1;
    /** Tokens that are read at a time on the way to a position. */
    private static final int CHUNK = 2048;

    private final LanguageModel<A> model;
    private final Execution execution;
    private final Runnable afterRow;
    private final Random random = new Random(1);

    private SpeedTest(LanguageModel<A> model, Execution execution, Runnable afterRow) {
        this.model = model;
        this.execution = execution;
        this.afterRow = afterRow;
    }

    /**
     * A test of a model.
     *
     * @param execution that the model was opened with; the machine is measured on as many threads
     */
    public static <A> SpeedTest<A> of(LanguageModel<A> model, Execution execution) {
        return new SpeedTest<>(model, execution, () -> {});
    }

    /** The same, telling after every row that it is done. */
    public SpeedTest<A> withProgress(Runnable listener) {
        return new SpeedTest<>(model, execution, listener);
    }

    /**
     * Measures; takes as long as the plan says.
     *
     * @throws TttException if training is to be timed and the model's weights cannot be trained
     */
    public SpeedReport run(SpeedPlan plan) {
        if (!plan.train().isEmpty()) {
            model.executor().vjp(); // throws now, not when all else has been timed
        }
        int firstTokens = plan.prompts().isEmpty() ? 1 : plan.prompts().get(0);
        double firstToken = Timing.seconds(() -> model.next(ids(1, firstTokens), model.newState(1)));
        MachineLimits before = limits(plan);
        List<SpeedRow> rows = new ArrayList<>();
        for (int length : plan.prompts()) {
            rows.add(reading(plan, length, Logits.ALL, before));
            rows.add(reading(plan, length, Logits.LAST, before));
        }
        rows.addAll(writing(plan, before));
        for (int length : plan.train()) {
            rows.add(training(plan, length, before));
        }
        MachineLimits limits = limits(plan).orBetter(before);
        return new SpeedReport(rows.stream().map(row -> row.within(limits)).toList(), limits, firstToken, firstTokens);
    }

    private MachineLimits limits(SpeedPlan plan) {
        ProductPeak peak = new ProductPeak(model.lm(), plan.mostTokens(), plan.seconds() * SHARE_OF_SHAPE);
        double gemm = peak.measure(model.executor());
        if (execution.weights() != WeightType.FLOAT32) {
            // Slow products of another type are no excuse.
            gemm = Math.max(gemm, peak.measure(execution.withWeights(WeightType.FLOAT32)));
        }
        try (MemoryBandwidth memory = new MemoryBandwidth(execution.threads())) {
            return new MachineLimits(gemm, memory.read());
        }
    }

    private SpeedRow reading(SpeedPlan plan, int length, Logits logits, MachineLimits limits) {
        int[][] ids = ids(1, length);
        Runnable run = logits == Logits.ALL
                ? () -> model.forward(ids, model.newState(1)).close()
                : () -> model.next(ids, model.newState(1));
        Work work = Work.forward(model.lm(), 1, length, logits, execution.weights());
        ResidentMemory memory = ResidentMemory.fromNow();
        Timing timing = Timing.of(run, LEAST_RUNS, plan.seconds());
        return done(new SpeedRow(SpeedRow.Test.PP, logits, length, 1, 0, timing, work, limits, memory.peakMib()));
    }

    private List<SpeedRow> writing(SpeedPlan plan, MachineLimits limits) {
        if (plan.generate().isEmpty() || plan.batches().isEmpty()) {
            return List.of();
        }
        List<SequenceState> texts = new ArrayList<>();
        SequenceState reader = model.newState(1);
        for (int position : plan.positions()) {
            read(reader, position);
            texts.add(reader.copy());
        }
        List<SpeedRow> rows = new ArrayList<>();
        for (int tokens : plan.generate()) {
            for (int batch : plan.batches()) {
                rows.addAll(writing(plan, texts, tokens, batch, limits));
            }
        }
        return rows;
    }

    private List<SpeedRow> writing(
            SpeedPlan plan, List<SequenceState> texts, int tokens, int batch, MachineLimits limits) {
        int[][][] ids = new int[tokens][][];
        for (int t = 0; t < tokens; t++) {
            ids[t] = ids(batch, 1);
        }
        Writing writing = new Writing(LEAST_RUNS, plan.seconds());
        List<Writing.Place> places = texts.stream()
                .map(text -> writing.add(model, ids, text.select(new int[batch])))
                .toList();
        writing.run(execution.threads());
        return places.stream()
                .map(place -> done(new SpeedRow(
                        SpeedRow.Test.TG,
                        Logits.LAST,
                        tokens,
                        batch,
                        place.position(),
                        place.timing(),
                        Work.forward(model.lm(), batch, place.position(), 1, Logits.LAST, execution.weights()),
                        new MachineLimits(limits.gemmGflops(), place.bandwidthGbs()),
                        place.residentMib())))
                .toList();
    }

    private SpeedRow training(SpeedPlan plan, int length, MachineLimits limits) {
        int[][] ids = ids(1, length);
        int[][] targets = ids(1, length);
        Work work = Work.training(model.lm(), 1, length, execution.weights());
        ResidentMemory memory = ResidentMemory.fromNow();
        Gradients<A> gradients = new Gradients<>(p -> model.executor().zeros(p.shape()), p -> true);
        Runnable run =
                () -> model.addGradients(ids, targets, model.begin(ids, model.newState(1)), gradients, 1.0 / length);
        Timing timing = Timing.of(run, LEAST_RUNS, plan.seconds());
        return done(new SpeedRow(SpeedRow.Test.TR, Logits.ALL, length, 1, 0, timing, work, limits, memory.peakMib()));
    }

    private SpeedRow done(SpeedRow row) {
        afterRow.run();
        return row;
    }

    private void read(SequenceState state, int end) {
        while (state.position(0) < end) {
            model.next(ids(1, Math.min(CHUNK, end - state.position(0))), state);
        }
    }

    private int[][] ids(int batch, int length) {
        int[][] ids = new int[batch][];
        for (int b = 0; b < batch; b++) {
            ids[b] = random.ints(length, 0, model.lm().vocabulary()).toArray();
        }
        return ids;
    }
}
