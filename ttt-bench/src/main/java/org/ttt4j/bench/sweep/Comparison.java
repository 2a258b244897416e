package org.ttt4j.bench.sweep;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.ttt4j.tensor.TttException;

/**
 * What changed between two runs.
 *
 * @param changes of the cells that have a time in both
 * @param environment facts that differ, one a line: figures of different machines or JDKs say nothing about a program
 * @param onlyBefore how many cells have a time only in the first run
 * @param onlyAfter and only in the second
 */
public record Comparison(List<Change> changes, List<String> environment, int onlyBefore, int onlyAfter) {

    /** What a difference means. */
    public enum Verdict {
        FASTER("faster"),
        SLOWER("slower"),
        /** The two confidence intervals overlap. */
        WITHIN_ERROR("within error"),
        /** A run of one iteration has no error bar. */
        UNKNOWN("no error bars");

        private final String words;

        Verdict(String words) {
            this.words = words;
        }

        @Override
        public String toString() {
            return words;
        }
    }

    /** A cell's two times. */
    public record Change(Row before, Row after) {

        /** How much more time it takes, as a part: 0.1 is a tenth slower. */
        public double more() {
            return after.msPerToken() / before.msPerToken() - 1;
        }

        public Verdict verdict() {
            if (before.error() == null || after.error() == null) {
                return Verdict.UNKNOWN;
            }
            if (Math.abs(after.msPerToken() - before.msPerToken()) <= before.error() + after.error()) {
                return Verdict.WITHIN_ERROR;
            }
            return more() > 0 ? Verdict.SLOWER : Verdict.FASTER;
        }

        /** The change in percent, with a sign. */
        public String percent() {
            return String.format(Locale.ROOT, "%+.1f %%", 100 * more());
        }
    }

    public Comparison {
        changes = List.copyOf(changes);
        environment = List.copyOf(environment);
    }

    /** @throws TttException if the runs have no cell in common */
    public static Comparison of(Results before, Results after) {
        List<Change> changes = new ArrayList<>();
        int onlyBefore = 0;
        for (Row row : before.rows()) {
            Row its = after.row(row.cell()).filter(Row::measured).orElse(null);
            if (row.measured() && its != null) {
                changes.add(new Change(row, its));
            } else if (row.measured()) {
                onlyBefore++;
            }
        }
        if (changes.isEmpty()) {
            throw TttException.mismatch("results", "a test, model and context that both have", "none");
        }
        int onlyAfter = (int) after.rows().stream().filter(Row::measured).count() - changes.size();
        return new Comparison(changes, differences(before.environment(), after.environment()), onlyBefore, onlyAfter);
    }

    private static List<String> differences(RunEnvironment before, RunEnvironment after) {
        Map<String, String> facts = after.facts();
        return before.facts().entrySet().stream()
                .filter(fact -> !Objects.equals(fact.getValue(), facts.get(fact.getKey())))
                .map(fact -> fact.getKey() + ": " + fact.getValue() + ", then " + facts.get(fact.getKey()))
                .toList();
    }
}
