package org.ttt4j.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import org.nd4j.linalg.api.buffer.DataType;
import org.ttt4j.checkpoint.Checkpoint;
import org.ttt4j.data.TextCorpus;
import org.ttt4j.data.Tokens;
import org.ttt4j.execution.Execution;
import org.ttt4j.matrix.WeightType;
import org.ttt4j.param.WeightSource;
import org.ttt4j.reference.InnerForm;
import org.ttt4j.tensor.TttException;
import org.ttt4j.tokenizer.Tokenizer;
import org.ttt4j.verify.FileReport;
import org.ttt4j.verify.Inspection;
import org.ttt4j.verify.ModelInspector;
import org.ttt4j.verify.Verifier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Proves that the numbers are the authors' own. */
@Command(
        name = "verify",
        description = "Run stored cases through this library and compare every output, state and gradient; or look at "
                + "weights that nobody knows answers for.",
        footer = {
            "",
            "With --model, every key must be accounted for, and the tensors must look like a trained model's; with --text,",
            "the layers must learn from it, and predict it better than guessing and than the same values in random order.",
            "Exit code 1 tells that something is doubtful. docs/checkpoints.md describes the rules.",
            "",
            "The error of a tensor is max|x - reference| / max|reference|. Limits, outputs and gradients:",
            "1e-11 and 1e-9 in float64, 5e-6 and 5e-5 in float32. docs/verification.md describes the cases."
        })
final class VerifyCommand implements Callable<Integer> {

    @Mixin
    private CommonOptions common;

    @Parameters(
            arity = "0..1",
            paramLabel = "PATH",
            description = "A case (config.json inside), or a directory of cases.")
    private Path path;

    @Option(
            names = "--model",
            paramLabel = "DIR",
            description = "Look at this model instead: a checkpoint's directory, or a file of weights and --config.")
    private Path model;

    @Mixin
    private ConfigOption config;

    @Option(
            names = "--text",
            arity = "1..*",
            paramLabel = "PATH",
            description = "Text files, or directories of them, for --model to read.")
    private List<Path> text = List.of();

    @Option(
            names = "--tokens",
            paramLabel = "N",
            defaultValue = "4096",
            description = "The most tokens of the text that --model reads, twice (default: ${DEFAULT-VALUE}).")
    private int tokens;

    @Option(
            names = "--weights",
            paramLabel = "TYPE",
            defaultValue = "float32",
            description = "How --model keeps matrices: float32, bfloat16 or q8_0 (default: ${DEFAULT-VALUE}).")
    private WeightType weights;

    @Option(
            names = "--dtype",
            paramLabel = "float64|float32",
            description = "Precision to compute in (default: float64, with --model float32).")
    private Precision precision;

    @Option(
            names = "--kernel",
            paramLabel = "NAME",
            description = "What computes: reference, or a fused kernel, which needs float32 and the dual form "
                    + "(default: the fastest that can).")
    private String kernel = Execution.AUTO;

    @Option(
            names = "--form",
            paramLabel = "dual|primal",
            defaultValue = "dual",
            description = "Form of the inner loop (default: ${DEFAULT-VALUE}).")
    private InnerForm form;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        if ((path == null) == (model == null)) {
            throw new ParameterException(spec.commandLine(), "either PATH or --model is needed");
        }
        if (model != null) {
            return inspect();
        }
        Execution execution = new Execution(kernel, dataType(), form, common.threads());
        execution.open(List.of(), WeightSource.init(0)).close(); // a wrong choice is one error, not one for each case
        PrintWriter out = spec.commandLine().getOut();
        List<FileReport> reports;
        try (Json json = common.openJson()) {
            reports = new Verifier(execution).verify(path, report -> {
                out.println(line(report));
                report.failures().forEach(failure -> out.println("    " + failure));
                out.flush();
                json.line(facts(report));
            });
        }
        int tensors = reports.stream().mapToInt(FileReport::tensors).sum();
        int failed =
                reports.stream().mapToInt(report -> report.failures().size()).sum();
        out.printf(
                "verify: %d files, %d tensors, %d failed, worst forward %s, worst gradient %s%n",
                reports.size(),
                tensors,
                failed,
                error(worst(reports, FileReport::worstForward)),
                error(worst(reports, FileReport::worstGradient)));
        out.flush();
        return failed == 0 && tensors > 0 ? 0 : Ttt.FAILED;
    }

    private DataType dataType() {
        Precision usual = model == null ? Precision.FLOAT64 : Precision.FLOAT32;
        return (precision == null ? usual : precision).dataType();
    }

    private Integer inspect() throws IOException {
        Checkpoint checkpoint = config.open(model);
        Execution execution = new Execution(kernel, dataType(), form, common.threads()).withWeights(weights);
        ModelInspector inspector = new ModelInspector(checkpoint, execution);
        Inspection inspection;
        if (text.isEmpty()) {
            inspection = inspector.tensors();
        } else {
            Tokenizer tokenizer = checkpoint.tokenizer();
            Tokens all = TextCorpus.read(tokenizer, text).tokens();
            if (tokens < 2 || all.length() < 2) {
                throw TttException.mismatch("--tokens, --text", "at least two tokens", Math.min(tokens, all.length()));
            }
            inspection = inspector.on(tokenizer, all.slice(0, Math.min(all.length(), tokens)));
        }
        InspectionReport.print(inspection, spec.commandLine().getOut());
        try (Json json = common.openJson()) {
            json.line(InspectionReport.facts(inspection));
        }
        return inspection.ok() ? 0 : Ttt.FAILED;
    }

    private static double worst(List<FileReport> reports, ToDoubleFunction<FileReport> error) {
        return reports.stream().mapToDouble(error).reduce(0, Math::max);
    }

    private static String line(FileReport report) {
        String line =
                String.format("%-6s %s, %d tensors", report.ok() ? "ok" : "FAILED", report.file(), report.tensors());
        return line
                + words("forward", report.worstForward(), report.worstForwardTensor())
                + words("gradient", report.worstGradient(), report.worstGradientTensor());
    }

    private static String words(String kind, double error, String tensor) {
        return tensor.isEmpty() ? "" : ", " + kind + " " + error(error) + " (" + tensor + ")";
    }

    private static String error(double error) {
        return String.format(Locale.ROOT, "%.1e", error);
    }

    private static Map<String, Object> facts(FileReport report) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("file", report.file());
        facts.put("tensors", report.tensors());
        facts.put("failed", report.failures().size());
        facts.put("failures", report.failures());
        facts.put("worst_forward", report.worstForward());
        facts.put("worst_forward_tensor", report.worstForwardTensor());
        facts.put("worst_gradient", report.worstGradient());
        facts.put("worst_gradient_tensor", report.worstGradientTensor());
        return facts;
    }
}
