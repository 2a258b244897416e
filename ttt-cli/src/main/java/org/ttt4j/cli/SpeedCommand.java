package org.ttt4j.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.nd4j.linalg.api.buffer.DataType;
import org.ttt4j.checkpoint.Environment;
import org.ttt4j.config.Backbone;
import org.ttt4j.config.MixerKind;
import org.ttt4j.config.ModelConfig;
import org.ttt4j.execution.Execution;
import org.ttt4j.lm.CausalLM;
import org.ttt4j.lm.LanguageModel;
import org.ttt4j.matrix.ProductType;
import org.ttt4j.matrix.WeightType;
import org.ttt4j.reference.InnerForm;
import org.ttt4j.speed.RandomWeights;
import org.ttt4j.speed.SpeedPlan;
import org.ttt4j.speed.SpeedReport;
import org.ttt4j.speed.SpeedTest;
import org.ttt4j.tensor.TttException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Times models, and the machine beside them. */
@Command(
        name = "speed",
        description = "Measure how fast models read, write and train, and how near to this machine's limits that is.",
        footer = {
            "",
            "Lists are separated by commas; every combination is a model, every test of it a",
            "row. 0 leaves a test out: --train 0.",
            "",
            "pp  reading a text from its start, with all tokens' logits or the last one's",
            "tg  writing, one token of each sequence after the other",
            "tr  a training step on one sequence: forward and backward, no optimiser",
            "",
            "tokens/s and ms (of the text, of one token of each sequence, of the step) are",
            "those of the median run after warming up. The limits are measured in the same",
            "run with as many threads.",
            "",
            "pp and tr are set against the product peak: the best rate of the model's own",
            "matrices, each applied to as many tokens as the longest test has. Counted are 2",
            "operations a multiply-add of all projections, of the head where logits are",
            "asked for, and of the inner loop; training is 3 times forward, and what is",
            "computed twice counts once.",
            "",
            "tg is set against reading a large array, just before and after the run. Counted",
            "are the weights of all projections and the head, once a step, and for every",
            "sequence the inner weights, read, and the rows of the unfinished mini-batch,",
            "written. docs/speed.md tells more."
        })
final class SpeedCommand implements Callable<Integer> {

    private static final long MIB = 1 << 20;

    @Mixin
    private CommonOptions common;

    @Option(
            names = "--model",
            paramLabel = "DIR",
            description =
                    "A trained model: a checkpoint's directory, or a file of weights and --config (default: random "
                            + "weights in the sizes that the next three options name).")
    private Path directory;

    @Mixin
    private ConfigOption config;

    @Option(names = "--preset", paramLabel = "NAME", description = "A named size: tiny ... 1b (default: 125m).")
    private String preset;

    @Option(
            names = "--mixer",
            split = ",",
            hideParamSyntax = true,
            paramLabel = "LIST",
            description = "ttt-linear, ttt-mlp, attention, mamba, linear-attention, normalised-linear-attention "
                    + "(default: the first two).")
    private List<MixerKind> mixers;

    @Option(
            names = "--backbone",
            split = ",",
            hideParamSyntax = true,
            paramLabel = "LIST",
            description = "mamba, transformer (default: each mixer's own: mamba for ttt-*, transformer for attention).")
    private List<Backbone> backbones;

    @Option(
            names = "--prompt",
            split = ",",
            hideParamSyntax = true,
            paramLabel = "LIST",
            defaultValue = "512,2048",
            description = "Tokens to read (default: ${DEFAULT-VALUE}).")
    private List<Integer> prompts;

    @Option(
            names = "--generate",
            split = ",",
            hideParamSyntax = true,
            paramLabel = "LIST",
            defaultValue = "64",
            description = "Tokens to write in a run; best a multiple of the inner mini-batch "
                    + "(default: ${DEFAULT-VALUE}).")
    private List<Integer> generate;

    @Option(
            names = "--batch",
            split = ",",
            hideParamSyntax = true,
            paramLabel = "LIST",
            defaultValue = "1,8",
            description = "Sequences to write side by side (default: ${DEFAULT-VALUE}).")
    private List<Integer> batches;

    @Option(
            names = "--position",
            split = ",",
            hideParamSyntax = true,
            paramLabel = "LIST",
            defaultValue = "0",
            description = "Tokens to have read before writing is timed (default: ${DEFAULT-VALUE}).")
    private List<Integer> positions;

    @Option(
            names = "--train",
            split = ",",
            hideParamSyntax = true,
            paramLabel = "LIST",
            defaultValue = "512",
            description = "Tokens of a training step (default: ${DEFAULT-VALUE}).")
    private List<Integer> train;

    @Option(
            names = "--weights",
            split = ",",
            hideParamSyntax = true,
            paramLabel = "LIST",
            defaultValue = "float32",
            description = "How matrices are kept: float32, bfloat16, q8_0 (default: ${DEFAULT-VALUE}). "
                    + "Only float32 can be trained; the others' models have no row of tr.")
    private List<WeightType> weights;

    @Option(
            names = "--products",
            paramLabel = "TYPE",
            defaultValue = "float32",
            description = "Products of many rows in float32, or in bfloat16 where ND4J's oneDNN build is there "
                    + "(default: ${DEFAULT-VALUE}). Only float32 can be trained.")
    private ProductType products;

    @Option(
            names = "--kernel",
            split = ",",
            hideParamSyntax = true,
            paramLabel = "LIST",
            defaultValue = Execution.AUTO,
            description = "What computes: reference, or fused kernels (default: the fastest that there is).")
    private List<String> kernels;

    @Option(
            names = "--seconds",
            paramLabel = "X",
            defaultValue = "4",
            description = "How long to repeat every test; at least three runs (default: ${DEFAULT-VALUE}).")
    private double seconds;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        List<SpeedSubject> subjects = subjects();
        SpeedPlan plan = new SpeedPlan(
                withoutZero(prompts), withoutZero(generate), batches, positions, withoutZero(train), seconds);
        PrintWriter out = spec.commandLine().getOut();
        out.printf(
                Locale.ROOT,
                "%s, %d cores; %s %s; heap up to %,d MiB%n",
                Environment.processor(),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("java.vm.name"),
                Runtime.version(),
                Runtime.getRuntime().maxMemory() / MIB);
        long tests = subjects.stream().mapToLong(s -> plan(s, plan).rows()).sum();
        try (Json json = common.openJson();
                Progress progress = Progress.start("speed", tests, " tests")) {
            for (SpeedSubject subject : subjects) {
                measure(subject, plan(subject, plan), progress, json);
            }
        }
        return 0;
    }

    private static SpeedPlan plan(SpeedSubject subject, SpeedPlan plan) {
        Execution execution = subject.execution();
        boolean trains = execution.weights() == WeightType.FLOAT32 && execution.products() == ProductType.FLOAT32;
        return trains ? plan : plan.withoutTraining();
    }

    private void measure(SpeedSubject subject, SpeedPlan plan, Progress progress, Json json) {
        PrintWriter out = spec.commandLine().getOut();
        long start = System.nanoTime();
        try (LanguageModel<?> model = open(subject)) {
            double load = (System.nanoTime() - start) / 1e9;
            SpeedReport report = SpeedTest.of(model, subject.execution())
                    .withProgress(() -> progress.step(1))
                    .run(plan);
            out.printf("%n%s%n", SpeedTable.heading(name(), subject, report, load));
            out.println(SpeedTable.of(report));
            out.flush();
            report.rows().forEach(row -> json.line(SpeedTable.facts(subject, row)));
        }
    }

    private String name() {
        return directory == null ? presetName() : directory.toString();
    }

    private String presetName() {
        return preset == null ? "125m" : preset;
    }

    private LanguageModel<?> open(SpeedSubject subject) {
        if (directory != null) {
            return config.open(directory).load(subject.execution());
        }
        return LanguageModel.open(CausalLM.of(subject.config()), new RandomWeights(common.seed()), subject.execution());
    }

    private List<SpeedSubject> subjects() {
        List<SpeedSubject> subjects = new ArrayList<>();
        for (ModelConfig config : configs()) {
            for (WeightType type : weights) {
                for (String kernel : kernels) {
                    subjects.add(new SpeedSubject(
                            config,
                            new Execution(kernel, DataType.FLOAT, InnerForm.DUAL, common.threads(), type, products)));
                }
            }
        }
        return subjects;
    }

    private List<ModelConfig> configs() {
        if (directory != null) {
            if (preset != null || mixers != null || backbones != null) {
                throw TttException.mismatch("options", "--model, or --preset, --mixer and --backbone", "both");
            }
            return List.of(config.open(directory).config());
        }
        List<MixerKind> kinds = mixers == null ? List.of(MixerKind.TTT_LINEAR, MixerKind.TTT_MLP) : mixers;
        if (backbones == null) {
            return kinds.stream()
                    .map(kind -> ModelConfig.preset(kind, presetName()))
                    .toList();
        }
        return backbones.stream()
                .flatMap(backbone -> kinds.stream()
                        .map(kind -> ModelConfig.preset(kind, presetName()).withBackbone(backbone)))
                .toList();
    }

    private static List<Integer> withoutZero(List<Integer> values) {
        return values.stream().filter(n -> n != 0).toList();
    }
}
