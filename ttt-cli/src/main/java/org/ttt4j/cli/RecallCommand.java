package org.ttt4j.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.LongStream;
import org.ttt4j.config.MixerKind;
import org.ttt4j.recall.RecallPlan;
import org.ttt4j.recall.RecallRun;
import org.ttt4j.recall.RecallSweep;
import org.ttt4j.recall.RecallTask;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Sets mixers with memories of one size beside each other on associative recall. */
@Command(
        name = "recall",
        description = "Train small models to find values by their keys (multi-query associative recall), "
                + "all mixers with memories of one size.",
        footer = {"", "What the task is and how the memories are made equal: docs/baselines.md."})
final class RecallCommand implements Callable<Integer> {

    private static final int VOCABULARY = 256;

    @Mixin
    private CommonOptions common;

    @Option(names = "--quick", description = "Two learning rates, one seed, fewer steps: some minutes.")
    private boolean quick;

    @Option(
            names = "--mixer",
            split = ",",
            hideParamSyntax = true,
            paramLabel = "LIST",
            description = "ttt-linear, ttt-mlp, attention, mamba, linear-attention, normalised-linear-attention "
                    + "(default: all).")
    private List<MixerKind> mixers = List.of(MixerKind.values());

    @Option(
            names = "--length",
            paramLabel = "N",
            defaultValue = "64",
            description = "Tokens of a text (default: ${DEFAULT-VALUE}).")
    private int length;

    @Option(
            names = "--pairs",
            paramLabel = "N",
            defaultValue = "4",
            description = "Keys of a text (default: ${DEFAULT-VALUE}).")
    private int pairs;

    @Option(names = "--steps", paramLabel = "N", description = "Optimiser steps (default: 800; quick: 400).")
    private Integer steps;

    @Option(
            names = "--batch",
            paramLabel = "N",
            defaultValue = "64",
            description = "Texts of a step (default: ${DEFAULT-VALUE}).")
    private int batch;

    @Option(
            names = "--lr",
            split = ",",
            hideParamSyntax = true,
            paramLabel = "LIST",
            description = "Highest learning rates (default: 2e-3,5e-3,1e-2,2e-2; quick: 5e-3,1e-2).")
    private List<Double> rates;

    @Option(names = "--seeds", paramLabel = "N", description = "Seeds from --seed on (default: 3; quick: 1).")
    private Integer seeds;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        PrintWriter words = spec.commandLine().getOut();
        PrintWriter progress = spec.commandLine().getErr();
        RecallPlan plan = plan();
        List<RecallSweep.Score> scores = RecallSweep.run(plan, common.threads(), run -> {
            progress.printf(
                    Locale.ROOT,
                    "%s, rate %s, seed %d: %s %% in %.0f s%n",
                    run.mixer(),
                    rate(run.rate()),
                    run.seed(),
                    percent(run.accuracy()),
                    run.seconds());
            progress.flush();
        });
        words.printf("recall of %d pairs in %d tokens, %d steps of %d texts%n%n", pairs, length, plan.steps(), batch);
        words.println(table(RecallSweep.best(scores)));
        words.flush();
        try (Json json = common.openJson()) {
            scores.forEach(score -> score.runs().forEach(json::line));
        }
        return 0;
    }

    private RecallPlan plan() {
        long first = common.seed();
        int count = seeds != null ? seeds : quick ? 1 : 3;
        return new RecallPlan(
                new RecallTask(VOCABULARY, length, pairs),
                mixers,
                steps != null ? steps : quick ? 400 : 800,
                batch,
                rates != null ? rates : quick ? List.of(5e-3, 1e-2) : List.of(2e-3, 5e-3, 1e-2, 2e-2),
                LongStream.range(first, first + count).boxed().toList());
    }

    private static Table table(List<RecallSweep.Score> best) {
        Table table = new Table("mixer", "state bytes", "parameters", "best rate", "mean %", "+/-");
        for (RecallSweep.Score score : best) {
            RecallRun run = score.runs().get(0);
            table.row(
                    score.mixer().toString(),
                    Long.toString(run.stateBytes()),
                    Long.toString(run.parameters()),
                    rate(score.rate()),
                    percent(score.accuracy()),
                    percent(score.spread()));
        }
        return table;
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f", 100 * share);
    }

    private static String rate(double rate) {
        return String.format(Locale.ROOT, "%.0e", rate);
    }
}
