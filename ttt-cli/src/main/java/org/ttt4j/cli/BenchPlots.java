package org.ttt4j.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.ttt4j.bench.sweep.Cell;
import org.ttt4j.bench.sweep.Figures;
import org.ttt4j.bench.sweep.Results;
import org.ttt4j.bench.sweep.Row;
import org.ttt4j.bench.sweep.Workload;
import org.ttt4j.config.MixerKind;

/** Draws a benchmark's results: time per token and memory by the length of the text, a curve for each mixer. */
final class BenchPlots {

    private static final Plots.Axis LENGTH = Plots.Axis.doubling("length of the text (tokens)");
    private static final double MIB = 1 << 20;

    private final Results results;
    private final Path directory;
    private final PrintWriter err;
    private final Map<String, String> drawn = new LinkedHashMap<>();

    private BenchPlots(Results results, Path directory, PrintWriter err) {
        this.results = results;
        this.directory = directory;
        this.err = err;
    }

    /** The files by what they show; those that could not be drawn are missing, and a line on {@code err} says why. */
    static Map<String, String> draw(Results results, Path directory, PrintWriter err) throws IOException {
        BenchPlots plots = new BenchPlots(results, directory, err);
        plots.times(Workload.PREFILL, "Reading a text", "milliseconds per token");
        plots.times(Workload.DECODE, "Writing after a text", "milliseconds per token");
        plots.times(Workload.TRAIN, "Training step", "milliseconds per token");
        plots.states();
        return plots.drawn;
    }

    private void times(Workload test, String title, String unit) throws IOException {
        List<Row> rows = results.measured(test);
        draw(test.toString(), title, Plots.Axis.log(unit), curves(rows, Row::msPerToken, Row::error));
    }

    private void states() throws IOException {
        List<Row> rows = Stream.concat(
                        results.measured(Workload.DECODE).stream(), results.measured(Workload.PREFILL).stream())
                .filter(row -> row.stateBytes() != null)
                .toList();
        List<Plots.Curve> curves = curves(rows, row -> row.stateBytes() / MIB, row -> null);
        draw("state", "State of one text; attention: cache of keys and values", Plots.Axis.log("MiB"), curves);
    }

    private void draw(String name, String title, Plots.Axis y, List<Plots.Curve> curves) throws IOException {
        if (curves.isEmpty()) {
            return;
        }
        Path file = directory.resolve(name + ".png");
        Files.deleteIfExists(file);
        Plots.draw(file, title + model(), LENGTH, y, curves, err);
        if (Files.exists(file)) {
            drawn.put(title, name + ".png");
        }
    }

    private String model() {
        Cell cell = results.rows().get(0).cell();
        return " (" + cell.preset() + ", batch " + cell.batch() + ", threads: " + cell.threads() + ")";
    }

    /** Curves of the model that was measured first; others would need drawings of their own. */
    private List<Plots.Curve> curves(List<Row> rows, ToDoubleFunction<Row> value, Function<Row, Double> error) {
        List<Plots.Curve> curves = new ArrayList<>();
        Cell first = results.rows().get(0).cell();
        for (MixerKind mixer : MixerKind.values()) {
            Map<Integer, Row> points = new TreeMap<>();
            rows.stream()
                    .filter(row -> row.cell().mixer() == mixer && sameModel(row.cell(), first))
                    .forEach(row -> points.putIfAbsent(row.cell().context(), row));
            if (!points.isEmpty()) {
                double[] x = points.keySet().stream().mapToDouble(c -> c).toArray();
                double[] y = points.values().stream().mapToDouble(value).toArray();
                double[] errors = points.values().stream()
                        .mapToDouble(row -> error.apply(row) == null ? 0 : error.apply(row))
                        .toArray();
                curves.add(new Plots.Curve(Figures.name(mixer), x, y, errors));
            }
        }
        return curves;
    }

    private static boolean sameModel(Cell a, Cell b) {
        return a.equals(new Cell(
                a.test(),
                a.mixer(),
                b.backbone(),
                b.preset(),
                b.batch(),
                b.weights(),
                b.threads(),
                b.kernel(),
                a.context()));
    }
}
