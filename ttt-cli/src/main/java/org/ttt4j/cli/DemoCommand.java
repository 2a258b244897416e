package org.ttt4j.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.ttt4j.config.Backbone;
import org.ttt4j.config.TTTConfig;
import org.ttt4j.data.TextCorpus;
import org.ttt4j.eval.Evaluation;
import org.ttt4j.eval.Evaluator;
import org.ttt4j.execution.Execution;
import org.ttt4j.generate.Conversation;
import org.ttt4j.generate.Generator;
import org.ttt4j.generate.Options;
import org.ttt4j.generate.Prompt;
import org.ttt4j.generate.Sampling;
import org.ttt4j.lm.LanguageModel;
import org.ttt4j.tokenizer.ByteTokenizer;
import org.ttt4j.tokenizer.Tokenizer;
import org.ttt4j.train.Report;
import org.ttt4j.train.Rhythm;
import org.ttt4j.train.Trainer;
import org.ttt4j.train.TrainingPlan;
import org.ttt4j.train.TrainingTask;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Everything once, small: training, evaluation, generation. */
@Command(
        name = "demo",
        description = "Watch a small TTT-Linear model learn to write, in a minute or two: "
                + "it reads this project's own sources, byte by byte. Needs nothing.")
final class DemoCommand implements Callable<Integer> {

    private static final String DIRECTORY = "ttt-demo";
    private static final int LAYERS = 3;
    private static final int CONTEXT = 256;
    private static final int BATCH = 4;
    private static final double LEARNING_RATE = 4e-3;
    private static final int REPORTS = 45;
    private static final int EVALUATIONS = 5;
    private static final String PROMPT = "/** ";
    private static final int SAMPLE_TOKENS = 400;
    private static final double TEMPERATURE = 0.7;

    @Mixin
    private CommonOptions common;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Where the model is to be (default: ttt-demo, or ttt-demo-2 and so on).")
    private Path out;

    @Option(
            names = "--steps",
            paramLabel = "N",
            defaultValue = "900",
            description = "Optimiser steps (default: ${DEFAULT-VALUE}).")
    private long steps;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        Tokenizer tokenizer = new ByteTokenizer();
        TextCorpus text = TextCorpus.of(tokenizer, DemoText.documents().toArray(new String[0]));
        TTTConfig config = TTTConfig.preset("demo")
                .with(Map.of("num_hidden_layers", LAYERS))
                .withBackbone(Backbone.MAMBA);
        TrainingPlan plan = TrainingPlan.of(steps, BATCH, CONTEXT, LEARNING_RATE)
                .withSeed(common.seed())
                .withRhythm(new Rhythm(
                        Math.max(1, steps / REPORTS),
                        Math.max(1, steps / EVALUATIONS),
                        Math.max(1, steps / EVALUATIONS)));
        TrainingTask task = new TrainingTask(config, tokenizer, text, plan);
        Path directory = out == null ? unused() : out;
        PrintWriter words = spec.commandLine().getOut();
        TrainingProgress progress =
                new TrainingProgress(task, words, spec.commandLine().getErr());
        Execution execution = Execution.fused().withThreads(common.threads());
        try (Trainer trainer = Trainer.start(task, execution, directory, progress)) {
            progress.describe(trainer, common.threads());
            Optional<Report> done = new Training(trainer, directory).run(common.jsonFile(), progress);
            if (done.isPresent()) {
                evaluate(trainer.model(), task, directory);
                write(trainer.model(), tokenizer);
                sayWhatNext(directory);
            }
        }
        return 0;
    }

    private static Path unused() {
        Path directory = Path.of(DIRECTORY);
        for (int i = 2; Files.exists(directory); i++) {
            directory = Path.of(DIRECTORY + "-" + i);
        }
        return directory;
    }

    private void evaluate(LanguageModel<?> model, TrainingTask task, Path directory) throws IOException {
        PrintWriter words = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        Evaluation evaluation = new Evaluator(model, task.tokenizer()).windows(task.validation(), CONTEXT);
        words.printf(Locale.ROOT, "%nvalidation: %.3f bits per byte%n%n", evaluation.bitsPerByte());
        words.println(LossByPosition.table(evaluation));
        LossCurve.draw(directory.resolve("loss.png"), Trainer.metricsFile(directory), err);
        LossByPosition.draw(directory.resolve("loss-by-position.png"), evaluation, err);
    }

    private void write(LanguageModel<?> model, Tokenizer tokenizer) {
        PrintWriter words = spec.commandLine().getOut();
        words.printf("%na sample, from \"%s\" on:%n%n%s", PROMPT.strip(), PROMPT);
        Options options = Options.of(tokenizer)
                .withSampling(Sampling.plain().withTemperature(TEMPERATURE))
                .withMaxTokens(SAMPLE_TOKENS);
        new Generator(model, tokenizer)
                .generate(
                        Conversation.start(model, 1),
                        List.of(Prompt.of(tokenizer, PROMPT, common.seed())),
                        options,
                        (sequence, piece) -> {
                            words.print(piece);
                            words.flush();
                        });
        words.println();
    }

    private void sayWhatNext(Path directory) {
        PrintWriter words = spec.commandLine().getOut();
        words.printf("%n%s holds the model, its training, loss.png and loss-by-position.png.%nGo on with%n", directory);
        Map<String, String> commands = new LinkedHashMap<>();
        commands.put("generate --model " + directory + " --prompt 'public final class '", "write more");
        commands.put("eval --model " + directory + " --text FILE --context 1024", "measure it on another text");
        commands.put("train --init " + directory + " --text FILE --out DIR", "teach it something else");
        commands.forEach((command, purpose) -> words.printf("  ttt %-62s %s%n", command, purpose));
        words.flush();
    }
}
