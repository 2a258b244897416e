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
import org.ttt4j.execution.Execution;
import org.ttt4j.param.WeightSource;
import org.ttt4j.reference.InnerForm;
import org.ttt4j.verify.FileReport;
import org.ttt4j.verify.Verifier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Proves that the numbers are the authors' own. */
@Command(
        name = "verify",
        description = "Run stored cases through this library and compare every output, state and gradient.",
        footer = {
            "",
            "The error of a tensor is max|x - reference| / max|reference|. Limits, outputs and gradients:",
            "1e-11 and 1e-9 in float64, 5e-6 and 5e-5 in float32. docs/verification.md describes the cases."
        })
final class VerifyCommand implements Callable<Integer> {

    @Mixin
    private CommonOptions common;

    @Parameters(paramLabel = "PATH", description = "A case (config.json inside), or a directory of cases.")
    private Path path;

    @Option(
            names = "--dtype",
            paramLabel = "float64|float32",
            defaultValue = "float64",
            description = "Precision to compute in (default: ${DEFAULT-VALUE}).")
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
        Execution execution = new Execution(kernel, precision.dataType(), form, common.threads());
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
