package org.ttt4j.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.ttt4j.checkpoint.Checkpoint;
import org.ttt4j.generate.Conversation;
import org.ttt4j.generate.Generation;
import org.ttt4j.generate.Generator;
import org.ttt4j.generate.Options;
import org.ttt4j.generate.Prompt;
import org.ttt4j.generate.TextListener;
import org.ttt4j.lm.LanguageModel;
import org.ttt4j.tensor.TttException;
import org.ttt4j.tokenizer.Tokenizer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Lets a model write. */
@Command(
        name = "generate",
        description = "Let a model go on from prompts.",
        footer = {
            "",
            "The text goes to standard output as it is written, the figures to standard error. Several prompts,",
            "or samples, are one batch. --state-out keeps what the model has learnt from a text, --state-in goes",
            "on from there without reading it again."
        })
final class GenerateCommand implements Callable<Integer> {

    private static final String STANDARD_INPUT = "-";

    @Mixin
    private CommonOptions common;

    @Mixin
    private LoadOptions load;

    @Mixin
    private SamplingOptions sampling;

    @Option(
            names = "--prompt",
            paramLabel = "TEXT",
            arity = "1..*",
            description = "What to go on from; several texts are written side by side (default: a text's beginning).")
    private List<String> texts = List.of();

    @Option(
            names = "--prompt-file",
            paramLabel = "FILE",
            arity = "1..*",
            description = "Files with prompts, each as a whole; - is standard input.")
    private List<Path> files = List.of();

    @Option(
            names = "--samples",
            paramLabel = "N",
            defaultValue = "1",
            description = "Texts for each prompt; their seeds count up from --seed (default: ${DEFAULT-VALUE}).")
    private int samples;

    @Option(
            names = "--max-tokens",
            paramLabel = "N",
            defaultValue = "256",
            description = "The most tokens to write; 0 only reads (default: ${DEFAULT-VALUE}).")
    private int maxTokens;

    @Option(names = "--stop", paramLabel = "TEXT", arity = "1..*", description = "Texts to stop at.")
    private List<String> stops = List.of();

    @Option(names = "--endless", description = "Do not stop at the end of a text.")
    private boolean endless;

    @Option(names = "--state-in", paramLabel = "FILE", description = "Go on from the texts in this state file.")
    private Path stateIn;

    @Option(names = "--state-out", paramLabel = "FILE", description = "Keep where the texts stand in this state file.")
    private Path stateOut;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        if (samples < 1) {
            throw TttException.mismatch("--samples", "at least 1", samples);
        }
        Checkpoint checkpoint = load.checkpoint();
        Tokenizer tokenizer = checkpoint.tokenizer();
        Options options = Options.of(tokenizer)
                .withSampling(sampling.sampling())
                .withMaxTokens(maxTokens)
                .withStopStrings(stops);
        if (endless) {
            options = options.withStopTokens(Set.of());
        }
        List<String> prompts = prompts();
        try (LanguageModel<?> model = load.load(checkpoint, common.threads())) {
            Conversation before = stateIn == null ? null : Conversation.load(stateIn, model);
            if (prompts.isEmpty()) {
                prompts = Collections.nCopies(before == null ? 1 : before.batch(), "");
            }
            Conversation conversation = begin(model, before, prompts.size());
            List<Prompt> batch = batch(tokenizer, prompts);
            PrintWriter out = spec.commandLine().getOut();
            TextListener listener = batch.size() == 1 ? (b, piece) -> show(out, piece) : TextListener.NONE;
            List<Generation> done = new Generator(model, tokenizer).generate(conversation, batch, options, listener);
            print(out, prompts, batch, done);
            if (stateOut != null) {
                conversation.save(stateOut);
            }
        }
        return 0;
    }

    private List<String> prompts() throws IOException {
        List<String> prompts = new ArrayList<>(texts);
        for (Path file : files) {
            prompts.add(file.toString().equals(STANDARD_INPUT) ? standardInput() : Files.readString(file));
        }
        return prompts;
    }

    private static String standardInput() throws IOException {
        return new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
    }

    /** One text for every sample of every prompt; a single text in the state file serves all prompts. */
    private Conversation begin(LanguageModel<?> model, Conversation before, int prompts) {
        if (before == null) {
            return Conversation.start(model, prompts * samples);
        }
        if (before.batch() != prompts && before.batch() != 1) {
            throw TttException.mismatch(stateIn + ", texts", "1 or " + prompts + ", as prompts", before.batch());
        }
        return before.select(IntStream.range(0, prompts * samples)
                .map(i -> before.batch() == 1 ? 0 : i / samples)
                .toArray());
    }

    private List<Prompt> batch(Tokenizer tokenizer, List<String> prompts) {
        return IntStream.range(0, prompts.size() * samples)
                .mapToObj(i -> Prompt.of(tokenizer, prompts.get(i / samples), common.seed() + i % samples))
                .toList();
    }

    private static void show(PrintWriter out, String piece) {
        out.print(piece);
        out.flush();
    }

    private void print(PrintWriter out, List<String> prompts, List<Prompt> batch, List<Generation> done)
            throws IOException {
        try (Json json = common.openJson()) {
            for (int i = 0; i < done.size(); i++) {
                if (done.size() > 1) {
                    out.printf(
                            "--- prompt %d, seed %d%n%s",
                            i / samples + 1, batch.get(i).seed(), done.get(i).text());
                }
                out.println();
                json.line(facts(prompts.get(i / samples), batch.get(i).seed(), done.get(i)));
            }
        }
        out.flush();
        printRates(spec.commandLine().getErr(), done);
    }

    private static void printRates(PrintWriter err, List<Generation> done) {
        int read = done.stream().mapToInt(Generation::promptTokens).sum();
        int written = done.stream().mapToInt(g -> g.ids().length).sum();
        double readSeconds =
                done.stream().mapToDouble(Generation::promptSeconds).max().orElse(0);
        double seconds = done.stream().mapToDouble(Generation::seconds).max().orElse(0);
        err.printf(Locale.ROOT, "read %,d tokens (%,.0f tokens/s), ", read, rate(read, readSeconds));
        err.printf(Locale.ROOT, "wrote %,d tokens (%,.0f tokens/s)%n", written, rate(written - done.size(), seconds));
        err.flush();
    }

    private static double rate(int tokens, double seconds) {
        return tokens > 0 && seconds > 0 ? tokens / seconds : 0;
    }

    private static Map<String, Object> facts(String prompt, long seed, Generation g) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("prompt", prompt);
        facts.put("seed", seed);
        facts.put("text", g.text());
        facts.put("ids", g.ids());
        facts.put("finish", g.finish().name().toLowerCase(Locale.ROOT));
        facts.put("prompt_tokens", g.promptTokens());
        facts.put("tokens", g.ids().length);
        facts.put("prompt_tokens_per_second", g.promptTokensPerSecond());
        facts.put("tokens_per_second", g.tokensPerSecond());
        return facts;
    }
}
