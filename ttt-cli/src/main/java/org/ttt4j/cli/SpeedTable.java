package org.ttt4j.cli;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import org.ttt4j.speed.SpeedReport;
import org.ttt4j.speed.SpeedRow;

/** What was measured, for people and for programs. */
final class SpeedTable {

    private SpeedTable() {}

    /** What ran, how it warmed up, and the machine's limits. */
    static String heading(String name, SpeedSubject subject, SpeedReport report, double loadSeconds) {
        return String.format(
                Locale.ROOT,
                "%s, %s, %s, %s weights, %s kernel, threads: %d%n"
                        + "loaded in %.1f s, first token after %.2f s (%,d tokens read)%n",
                name,
                subject.config().mixer().toString(),
                subject.config().backboneName(),
                subject.execution().weights().label(),
                subject.kernel(),
                subject.execution().threads(),
                loadSeconds,
                report.firstTokenSeconds(),
                report.firstTokens());
    }

    /** A line for every test. */
    static Table of(SpeedReport report) {
        Table table = new Table(
                "test",
                "tokens/s",
                "ms",
                "rate of the limit",
                "percent",
                "resident MiB",
                "runs",
                "first ms",
                "steady after s");
        for (SpeedRow row : report.rows()) {
            table.row(
                    label(row),
                    number("%,.1f", row.tokensPerSecond()),
                    number("%,.2f", row.ms()),
                    rate(row),
                    number("%.1f", row.rooflinePercent()),
                    mib(row.rssMib()),
                    Integer.toString(row.timing().runs()),
                    number("%,.0f", 1e3 * row.timing().first()),
                    number("%.1f", row.timing().steadyAfter()));
        }
        return table;
    }

    private static String rate(SpeedRow row) {
        return row.test() == SpeedRow.Test.TG
                ? String.format(
                        Locale.ROOT,
                        "%.1f of %.1f GB/s",
                        row.gbs(),
                        row.limits().bandwidthGbs())
                : String.format(
                        Locale.ROOT,
                        "%.0f of %.0f GFLOP/s",
                        row.gflops(),
                        row.limits().gemmGflops());
    }

    private static String label(SpeedRow row) {
        String test = word(row.test()) + " " + row.length();
        return switch (row.test()) {
            case PP -> test + ", logits: " + word(row.logits());
            case TG -> test + ", batch " + row.batch() + (row.position() == 0 ? "" : ", at " + row.position());
            case TR -> test;
        };
    }

    /** A row's JSON object. Resident memory is missing where the system does not tell it, a position of 0 too. */
    static Map<String, Object> facts(SpeedSubject subject, SpeedRow row) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("test", word(row.test()));
        facts.put("logits", word(row.logits()));
        facts.put("mixer", subject.config().mixer().toString());
        facts.put("backbone", subject.config().backboneName());
        facts.put("length", row.length());
        facts.put("batch", row.batch());
        if (row.position() > 0) {
            facts.put("position", row.position());
        }
        facts.put("weights", subject.execution().weights().label());
        facts.put("threads", subject.execution().threads());
        facts.put("kernel", subject.kernel());
        facts.put("jdk", Runtime.version().toString());
        facts.put("tokens_per_second", row.tokensPerSecond());
        facts.put("ms", row.ms());
        facts.put("roofline_percent", row.rooflinePercent());
        facts.put("gemm_gflops", row.limits().gemmGflops());
        facts.put("bandwidth_gbs", row.limits().bandwidthGbs());
        row.rssMib().ifPresent(mib -> facts.put("rss_mib", mib));
        return facts;
    }

    private static String word(Enum<?> name) {
        return name.name().toLowerCase(Locale.ROOT);
    }

    private static String mib(OptionalLong value) {
        return value.isPresent() ? number("%,.0f", (double) value.getAsLong()) : "unknown";
    }

    private static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
