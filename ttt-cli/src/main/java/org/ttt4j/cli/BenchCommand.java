package org.ttt4j.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.ttt4j.bench.BenchModel;
import org.ttt4j.bench.sweep.Cell;
import org.ttt4j.bench.sweep.CellRunner;
import org.ttt4j.bench.sweep.Effort;
import org.ttt4j.bench.sweep.Figures;
import org.ttt4j.bench.sweep.JmhRunner;
import org.ttt4j.bench.sweep.Report;
import org.ttt4j.bench.sweep.Results;
import org.ttt4j.bench.sweep.Row;
import org.ttt4j.bench.sweep.RunEnvironment;
import org.ttt4j.bench.sweep.Sweep;
import org.ttt4j.bench.sweep.Workload;
import org.ttt4j.config.MixerKind;
import org.ttt4j.io.AtomicFiles;
import org.ttt4j.kernel.InnerKernels;
import org.ttt4j.matrix.WeightType;
import org.ttt4j.tensor.TttException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Sets TTT beside attention and Mamba, over the length of the text. */
@Command(
        name = "bench",
        description = "Measure TTT beside attention and Mamba by the length of the text, and draw it.",
        footer = {
            "",
            "JMH starts a JVM for every figure. Written are results.json, results.md, jmh.log, and the plots",
            "prefill.png, decode.png and state.png. docs/benchmarks.md tells what a figure means;",
            "ttt compare sets two results.json beside each other."
        })
final class BenchCommand implements Callable<Integer> {

    private static final List<Integer> PREFILL = List.of(512, 1024, 2048, 4096, 8192, 16384, 32768);
    private static final List<Integer> QUICK_PREFILL = List.of(256, 1024, 8192);
    private static final List<Integer> DECODE = List.of(512, 2048, 8192, 32768, 131072);
    private static final List<Integer> QUICK_DECODE = List.of(256, 2048, 8192, 131072);
    private static final List<Integer> TRAIN = List.of(512, 2048);
    private static final String LOG = "jmh.log";
    /** Beside what the last cell and drawing take, five minutes. */
    private static final double QUICK_SECONDS = 285;

    @Mixin
    private CommonOptions common;

    @Option(
            names = "--quick",
            description =
                    "At most five minutes: few lengths, short measurements, preset small unless --preset says else.")
    private boolean quick;

    @Option(names = "--preset", paramLabel = "NAME", description = "The models' size: tiny ... 1b (default: 125m).")
    private String preset;

    @Option(
            names = "--mixer",
            split = ",",
            hideParamSyntax = true,
            paramLabel = "LIST",
            description = "ttt-linear, ttt-mlp, attention, mamba, linear-attention, normalised-linear-attention "
                    + "(default: the first four).")
    private List<MixerKind> mixers =
            List.of(MixerKind.TTT_LINEAR, MixerKind.TTT_MLP, MixerKind.ATTENTION, MixerKind.MAMBA);

    @Option(
            names = "--test",
            split = ",",
            hideParamSyntax = true,
            paramLabel = "LIST",
            description = "prefill (reading), decode (writing), train (default: the first two).")
    private List<Workload> tests = List.of(Workload.PREFILL, Workload.DECODE);

    @Option(
            names = "--context",
            split = ",",
            hideParamSyntax = true,
            paramLabel = "LIST",
            description = "Lengths of the text (default: 512 to 32768 for reading, 512 to 131072 for writing).")
    private List<Integer> contexts;

    @Option(
            names = "--backbone",
            paramLabel = "NAME",
            defaultValue = BenchModel.OWN,
            description = "mamba or transformer (default: each mixer's own).")
    private String backbone;

    @Option(
            names = "--batch",
            paramLabel = "N",
            defaultValue = "1",
            description = "Sequences side by side (default: ${DEFAULT-VALUE}).")
    private int batch;

    @Option(
            names = "--weights",
            paramLabel = "TYPE",
            defaultValue = "float32",
            description = "How matrices are kept: float32, bfloat16, q8_0 (default: ${DEFAULT-VALUE}).")
    private WeightType weights;

    @Option(
            names = "--limit",
            paramLabel = "SECONDS",
            description = "Leave a figure out that is foreseen to take longer (default: 900; --quick: 60).")
    private Double limit;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            defaultValue = "bench",
            description = "Where the files go (default: ${DEFAULT-VALUE}).")
    private Path directory;

    @Option(names = "--resume", description = "Keep the figures that DIR/results.json has, and measure the others.")
    private boolean resume;

    @Spec
    private CommandSpec spec;

    private final Function<PrintStream, CellRunner> runners;

    BenchCommand() {
        this(JmhRunner::loggingTo);
    }

    /** @param runners makes what measures, of the stream to log to */
    BenchCommand(Function<PrintStream, CellRunner> runners) {
        this.runners = runners;
    }

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        List<Cell> cells = cells();
        Files.createDirectories(directory);
        Path file = directory.resolve(Results.FILE);
        Results before = before(file);
        try (Json json = common.openJson();
                PrintStream log = new PrintStream(Files.newOutputStream(directory.resolve(LOG)), true, UTF_8);
                Progress progress = Progress.start("bench", cells.size(), " figures")) {
            Results results = sweep(runners.apply(log)).run(cells, before, so -> {
                so.write(file);
                Row row = so.rows().get(so.rows().size() - 1);
                out.println(line(row));
                out.flush();
                json.line(row);
                progress.step(1);
            });
            report(results, out);
        }
        return 0;
    }

    private Sweep sweep(CellRunner runner) {
        double seconds = quick ? QUICK_SECONDS : Double.POSITIVE_INFINITY;
        double ofCell = limit != null ? limit : quick ? 60 : 900;
        return new Sweep(runner, quick ? Effort.quick() : Effort.thorough(), ofCell, seconds);
    }

    private Results before(Path file) {
        RunEnvironment here = RunEnvironment.here();
        if (!resume || !Files.exists(file)) {
            return Results.none(here);
        }
        Results before = Results.read(file);
        if (!before.environment().facts().equals(here.facts())) {
            throw TttException.mismatch(
                    file + ", measured with", here.facts(), before.environment().facts());
        }
        return before;
    }

    /** Short texts first, so that what is left out is long; all mixers of a length one after the other. */
    private List<Cell> cells() {
        String size = preset != null ? preset : quick ? "small" : "125m";
        mixers.forEach(mixer -> BenchModel.config(mixer, backbone, size)); // wrong names end it now
        int most = tests.stream().mapToInt(test -> contexts(test).size()).max().orElse(0);
        List<Cell> cells = new ArrayList<>();
        for (int i = 0; i < most; i++) {
            for (Workload test : tests) {
                if (i < contexts(test).size()) {
                    int context = contexts(test).get(i);
                    mixers.forEach(mixer -> cells.add(cell(test, mixer, size, context)));
                }
            }
        }
        return cells;
    }

    private Cell cell(Workload test, MixerKind mixer, String size, int context) {
        return new Cell(
                test,
                mixer,
                backbone,
                size,
                batch,
                weights,
                common.threads(),
                InnerKernels.best().name(),
                context);
    }

    private List<Integer> contexts(Workload test) {
        if (contexts != null) {
            return contexts.stream().sorted().toList();
        }
        return switch (test) {
            case PREFILL -> quick ? QUICK_PREFILL : PREFILL;
            case DECODE -> quick ? QUICK_DECODE : DECODE;
            case TRAIN -> TRAIN;
        };
    }

    private static String line(Row row) {
        String what = String.format(
                Locale.ROOT,
                "%-8s %-18s %7d tokens  ",
                row.cell().test(),
                row.cell().mixer(),
                row.cell().context());
        return what + (row.measured() ? Figures.time(row) + " ms/token" : row.missing());
    }

    private void report(Results results, PrintWriter out) throws IOException {
        Map<String, String> plots =
                BenchPlots.draw(results, directory, spec.commandLine().getErr());
        AtomicFiles.writeString(directory.resolve("results.md"), Report.of(results, plots));
        out.println();
        Report.crossings(results).forEach(out::println);
        out.println("written to " + directory);
        out.flush();
    }
}
