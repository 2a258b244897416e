package org.ttt4j.bench.sweep;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.ttt4j.config.MixerKind;

/** Results in words and Markdown tables. */
public final class Report {

    private static final String NOTHING = "–";

    private final Results results;
    private final StringBuilder text = new StringBuilder();

    private Report(Results results) {
        this.results = results;
    }

    /**
     * The whole report.
     *
     * @param plots the files of drawings beside it, by what they show
     */
    public static String of(Results results, Map<String, String> plots) {
        Report report = new Report(results);
        report.line("# Benchmark results").line("");
        results.environment().facts().forEach((name, value) -> report.line("- " + name + ": " + value));
        report.line("- measured: " + results.environment().time()).line("");
        for (Workload test : Workload.values()) {
            report.times(test);
        }
        report.states();
        report.missing();
        plots.forEach((name, file) -> report.line("![" + name + "](" + file + ")"));
        return report.text.toString();
    }

    /** The sentences on crossings of all tests. */
    public static List<String> crossings(Results results) {
        List<String> sentences = new ArrayList<>();
        for (Workload test : Workload.values()) {
            Crossing.withAttention(results, test).forEach(crossing -> sentences.add(crossing.words()));
        }
        return sentences;
    }

    private Report line(String line) {
        text.append(line).append('\n');
        return this;
    }

    private void times(Workload test) {
        List<Row> rows =
                results.rows().stream().filter(row -> row.cell().test() == test).toList();
        if (rows.isEmpty()) {
            return;
        }
        line("## " + title(test)).line("");
        for (Cell model : models(rows)) {
            line(model(model)).line("");
            table(rows, model, row -> row.measured() ? Figures.time(row) : NOTHING);
        }
        Crossing.withAttention(results, test).forEach(crossing -> line("- " + crossing.words()));
        line("");
    }

    private static String title(Workload test) {
        return switch (test) {
            case PREFILL -> "Reading: milliseconds a token, by the length of the text";
            case DECODE -> "Writing: milliseconds a token, by the tokens before it";
            case TRAIN -> "Training step: milliseconds a token, by the length of the text";
        };
    }

    private void states() {
        List<Row> rows = results.rows().stream()
                .filter(row -> row.cell().test() != Workload.TRAIN)
                .toList();
        line("## State of one sequence: MiB as measured (as counted)").line("");
        for (Cell model : models(rows)) {
            line(model(model)).line("");
            table(rows, model, Report::state);
        }
    }

    private static String state(Row row) {
        String measured = row.stateBytes() == null ? NOTHING : Figures.mib(row.stateBytes());
        return measured + " (" + Figures.mib(row.countedStateBytes()) + ")";
    }

    /** What differs beside mixer and context; one table each. */
    private static List<Cell> models(List<Row> rows) {
        return rows.stream()
                .map(row -> row.cell().withContext(0).withMixer(MixerKind.ATTENTION))
                .map(cell -> new Cell(
                        Workload.PREFILL,
                        cell.mixer(),
                        cell.backbone(),
                        cell.preset(),
                        cell.batch(),
                        cell.weights(),
                        cell.threads(),
                        cell.kernel(),
                        0))
                .distinct()
                .toList();
    }

    private static String model(Cell cell) {
        return cell.preset() + ", " + cell.backbone() + " backbone, batch " + cell.batch() + ", "
                + cell.weights().label() + " weights, threads: " + cell.threads() + ", kernel: " + cell.kernel();
    }

    /** Lengths down, mixers across. Of several rows for one place the first that says more than nothing counts. */
    private void table(List<Row> rows, Cell model, Function<Row, String> content) {
        TreeSet<MixerKind> mixers = new TreeSet<>();
        Map<Integer, Map<MixerKind, String>> cells = new TreeMap<>();
        for (Row row : rows) {
            if (models(List.of(row)).contains(model)) {
                mixers.add(row.cell().mixer());
                cells.computeIfAbsent(row.cell().context(), c -> new TreeMap<>())
                        .merge(
                                row.cell().mixer(),
                                content.apply(row),
                                (one, other) -> one.startsWith(NOTHING) ? other : one);
            }
        }
        StringBuilder head = new StringBuilder("| tokens |");
        mixers.forEach(mixer -> head.append(' ').append(Figures.name(mixer)).append(" |"));
        line(head.toString()).line("|---:|" + "---:|".repeat(mixers.size()));
        cells.forEach((context, byMixer) -> {
            StringBuilder row = new StringBuilder("| " + Figures.tokens(context) + " |");
            mixers.forEach(mixer ->
                    row.append(' ').append(byMixer.getOrDefault(mixer, NOTHING)).append(" |"));
            line(row.toString());
        });
        line("");
    }

    private void missing() {
        List<Row> rows = results.rows().stream().filter(row -> !row.measured()).toList();
        if (rows.isEmpty()) {
            return;
        }
        line("## Not measured").line("");
        for (Row row : rows) {
            line("- " + row.cell().test() + ", " + Figures.name(row.cell().mixer()) + ", "
                    + Figures.tokens(row.cell().context()) + " tokens: " + row.missing());
        }
        line("");
    }
}
