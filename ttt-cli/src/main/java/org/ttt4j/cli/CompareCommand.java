package org.ttt4j.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.ttt4j.bench.sweep.Cell;
import org.ttt4j.bench.sweep.Comparison;
import org.ttt4j.bench.sweep.Figures;
import org.ttt4j.bench.sweep.Results;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What changed between two benchmark runs. */
@Command(
        name = "compare",
        description = "Show what changed between two runs of ttt bench.",
        footer = {
            "",
            "Times are milliseconds per token with JMH's 99.9 %% confidence interval of the mean. Where the",
            "two intervals overlap, the difference is within error."
        })
final class CompareCommand implements Callable<Integer> {

    @Mixin
    private CommonOptions common;

    @Parameters(index = "0", paramLabel = "BEFORE", description = "A results.json, or the directory that holds it.")
    private Path before;

    @Parameters(index = "1", paramLabel = "AFTER", description = "Another one.")
    private Path after;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        Comparison comparison = Comparison.of(read(before), read(after));
        PrintWriter out = spec.commandLine().getOut();
        if (!comparison.environment().isEmpty()) {
            out.println("Not measured alike:");
            comparison.environment().forEach(fact -> out.println("  " + fact));
            out.println();
        }
        out.println(table(comparison));
        if (comparison.onlyBefore() + comparison.onlyAfter() > 0) {
            out.printf(
                    "%nonly in the first: %d, only in the second: %d%n",
                    comparison.onlyBefore(), comparison.onlyAfter());
        }
        out.flush();
        try (Json json = common.openJson()) {
            comparison.changes().forEach(change -> json.line(facts(change)));
        }
        return 0;
    }

    private static Results read(Path path) {
        return Results.read(Files.isDirectory(path) ? path.resolve(Results.FILE) : path);
    }

    private static Table table(Comparison comparison) {
        Table table = new Table("test", "model", "tokens", "before, ms", "after, ms", "change", "verdict");
        for (Comparison.Change change : comparison.changes()) {
            Cell cell = change.before().cell();
            table.row(
                    cell.test().toString(),
                    model(cell),
                    String.format(Locale.ROOT, "%,d", cell.context()),
                    Figures.time(change.before()),
                    Figures.time(change.after()),
                    change.percent(),
                    change.verdict().toString());
        }
        return table;
    }

    private static String model(Cell cell) {
        String batch = cell.batch() == 1 ? "" : ", batch " + cell.batch();
        String backbone = cell.backbone().equals("own") ? "" : ", " + cell.backbone();
        return cell.preset() + " " + cell.mixer() + backbone + batch + ", "
                + cell.weights().label();
    }

    private static Map<String, Object> facts(Comparison.Change change) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("cell", change.before().cell());
        facts.put("before_ms", change.before().msPerToken());
        facts.put("before_error", change.before().error());
        facts.put("after_ms", change.after().msPerToken());
        facts.put("after_error", change.after().error());
        facts.put("verdict", change.verdict().toString());
        return facts;
    }
}
