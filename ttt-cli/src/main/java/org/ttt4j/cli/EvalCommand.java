package org.ttt4j.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.ttt4j.checkpoint.Checkpoint;
import org.ttt4j.data.TextCorpus;
import org.ttt4j.data.Tokens;
import org.ttt4j.eval.Evaluation;
import org.ttt4j.eval.Evaluator;
import org.ttt4j.io.AtomicFiles;
import org.ttt4j.lm.LanguageModel;
import org.ttt4j.tokenizer.Tokenizer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures how well a model predicts a text. */
@Command(
        name = "eval",
        description = "Measure how well a model predicts a text: loss, bits per byte, and loss by position.",
        footer = {"", "Every token but the first is predicted once. loss-by-position.csv and .png go to --out."})
final class EvalCommand implements Callable<Integer> {

    @Mixin
    private CommonOptions common;

    @Mixin
    private LoadOptions load;

    @Option(
            names = "--text",
            required = true,
            arity = "1..*",
            paramLabel = "PATH",
            description = "Text files, or directories of them; every file is a document.")
    private List<Path> text;

    @Option(
            names = "--context",
            paramLabel = "N",
            defaultValue = "2048",
            description =
                    "Cut the text into windows of N tokens, each from an empty state (default: ${DEFAULT-VALUE}).")
    private int context;

    @Option(
            names = "--carry",
            arity = "0..1",
            fallbackValue = "documents",
            paramLabel = "documents|all",
            description =
                    "No windows: carry the state through each document, however long, or through all of the text, "
                            + "across the borders of documents (without a word: documents).")
    private Carry carry;

    @Option(
            names = "--batch",
            paramLabel = "N",
            defaultValue = "8",
            description = "Windows or documents that are read side by side (default: ${DEFAULT-VALUE}).")
    private int batch;

    @Option(
            names = "--inner-loss",
            description = "Also show whether the TTT layers are alive: the inner loss of the first windows with the "
                    + "weights of the start, of the token before, and of the token. Slow.")
    private boolean innerLoss;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Where the CSV and PNG files are to be (default: eval in the model's directory).")
    private Path out;

    @Spec
    private CommandSpec spec;

    /** How far a state is carried. */
    enum Carry {
        DOCUMENTS,
        ALL
    }

    @Override
    public Integer call() throws IOException {
        Checkpoint checkpoint = load.checkpoint();
        Tokenizer tokenizer = checkpoint.tokenizer();
        Tokens tokens = TextCorpus.read(tokenizer, text).tokens();
        Path directory = out == null ? load.directory().resolve("eval") : out;
        try (LanguageModel<?> model = load.load(checkpoint, common.threads());
                Json json = common.openJson()) {
            Evaluation evaluation = evaluate(model, tokenizer, tokens);
            Map<String, Object> facts = facts(evaluation);
            print(evaluation);
            Files.createDirectories(directory);
            AtomicFiles.writeString(directory.resolve("loss-by-position.csv"), LossByPosition.csv(evaluation));
            PrintWriter err = spec.commandLine().getErr();
            LossByPosition.draw(directory.resolve("loss-by-position.png"), evaluation, err);
            if (innerLoss) {
                InnerLossReport report = InnerLossReport.of(model, tokens, context);
                print("", report.table().toString());
                report.write(directory, err);
                facts.put("inner_loss", report.facts());
            }
            json.line(facts);
        }
        return 0;
    }

    private Evaluation evaluate(LanguageModel<?> model, Tokenizer tokenizer, Tokens tokens) {
        try (Progress progress = Progress.start("eval", Math.max(0, tokens.length() - 1), " tokens")) {
            Evaluator evaluator =
                    new Evaluator(model, tokenizer).withBatch(batch).withProgress(progress::step);
            if (carry == null) {
                return evaluator.windows(tokens, context);
            }
            return carry == Carry.ALL ? evaluator.stream(tokens) : evaluator.documents(tokens);
        }
    }

    private void print(Evaluation e) {
        print(
                String.format(Locale.ROOT, "loss            %.4f nats per token", e.loss()),
                String.format(Locale.ROOT, "perplexity      %.3f", e.perplexity()),
                String.format(Locale.ROOT, "bits per byte   %.4f", e.bitsPerByte()),
                String.format(Locale.ROOT, "tokens          %,d", e.tokens()),
                "",
                LossByPosition.table(e).toString());
    }

    private void print(String... lines) {
        PrintWriter words = spec.commandLine().getOut();
        List.of(lines).forEach(words::println);
        words.flush();
    }

    private static Map<String, Object> facts(Evaluation evaluation) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("loss", evaluation.loss());
        facts.put("perplexity", evaluation.perplexity());
        facts.put("bits_per_byte", evaluation.bitsPerByte());
        facts.put("tokens", evaluation.tokens());
        facts.put("by_position", evaluation.byPosition());
        return facts;
    }
}
