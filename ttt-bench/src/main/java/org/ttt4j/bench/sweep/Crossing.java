package org.ttt4j.bench.sweep;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;
import org.ttt4j.config.MixerKind;

/**
 * From which length of text on one mixer takes less time per token than another, at the lengths at which both were measured.
 *
 * @param kind whether it ever does
 * @param context where the two curves cross, by interpolation between measured lengths, both axes logarithmic; NaN unless
 *     {@link Kind#AT}
 * @param least the shortest common length
 * @param most the longest one
 * @param msThere milliseconds per token of the first mixer at the longest length
 * @param otherMsThere and of the second
 */
public record Crossing(
        Cell cell,
        MixerKind other,
        Kind kind,
        double context,
        int least,
        int most,
        double msThere,
        double otherMsThere) {

    /** Where the curves cross. */
    public enum Kind {
        /** Faster from some length on. */
        AT,
        /** Faster at all lengths. */
        BELOW,
        /** Slower at the longest length. */
        NONE
    }

    /** A length with both times. */
    private record Point(int context, double ms, double other) {

        /** Above 0 where the first is slower. */
        double slower() {
            return Math.log(ms / other);
        }
    }

    /** Every mixer's crossing with attention, test by test; those without a common length are left out. */
    public static List<Crossing> withAttention(Results results, Workload test) {
        List<Crossing> crossings = new ArrayList<>();
        List<Cell> curves = results.measured(test).stream()
                .map(row -> row.cell().withContext(0))
                .distinct()
                .sorted(Comparator.comparing(Cell::mixer))
                .toList();
        for (Cell curve : curves) {
            if (curve.mixer() != MixerKind.ATTENTION) {
                of(results, curve, MixerKind.ATTENTION).ifPresent(crossings::add);
            }
        }
        return crossings;
    }

    /**
     * The crossing of two mixers; empty if they have no length in common.
     *
     * @param curve the first mixer's, at any context
     */
    static Optional<Crossing> of(Results results, Cell curve, MixerKind other) {
        List<Point> points = points(results, curve, other);
        if (points.isEmpty()) {
            return Optional.empty();
        }
        int last = points.size() - 1;
        int slow = last;
        while (slow >= 0 && points.get(slow).slower() < 0) {
            slow--;
        }
        Kind kind = slow == last ? Kind.NONE : slow < 0 ? Kind.BELOW : Kind.AT;
        double at = kind == Kind.AT ? between(points.get(slow), points.get(slow + 1)) : Double.NaN;
        Point end = points.get(last);
        return Optional.of(new Crossing(
                curve.withContext(0), other, kind, at, points.get(0).context, end.context, end.ms, end.other));
    }

    private static List<Point> points(Results results, Cell curve, MixerKind other) {
        TreeMap<Integer, Point> points = new TreeMap<>();
        for (Row row : results.measured(curve.test())) {
            Cell cell = row.cell();
            if (cell.equals(curve.withContext(cell.context()))) {
                results.row(cell.withMixer(other))
                        .filter(Row::measured)
                        .ifPresent(its -> points.put(
                                cell.context(), new Point(cell.context(), row.msPerToken(), its.msPerToken())));
            }
        }
        return List.copyOf(points.values());
    }

    /** Where a straight line through the logarithms meets equal times. */
    private static double between(Point slower, Point faster) {
        double part = slower.slower() / (slower.slower() - faster.slower());
        return slower.context * Math.pow((double) faster.context / slower.context, part);
    }

    /** A sentence. */
    public String words() {
        String verb =
                switch (cell.test()) {
                    case PREFILL -> "reads";
                    case DECODE -> "writes";
                    case TRAIN -> "trains";
                };
        String there = String.format(
                Locale.ROOT,
                "at %,d tokens %s against %s ms a token",
                most,
                Figures.ms(msThere),
                Figures.ms(otherMsThere));
        return switch (kind) {
            case AT ->
                String.format(
                        Locale.ROOT,
                        "%s %s faster than %s from about %,.0f tokens on (%s).",
                        Figures.name(cell.mixer()),
                        verb,
                        Figures.name(other).toLowerCase(Locale.ROOT),
                        Figures.rounded(context),
                        there);
            case BELOW ->
                String.format(
                        Locale.ROOT,
                        "%s %s faster than %s at all measured lengths, %,d to %,d tokens (%s).",
                        Figures.name(cell.mixer()),
                        verb,
                        Figures.name(other).toLowerCase(Locale.ROOT),
                        least,
                        most,
                        there);
            case NONE ->
                String.format(
                        Locale.ROOT,
                        "%s: no crossing with %s up to %,d tokens (%s).",
                        Figures.name(cell.mixer()),
                        Figures.name(other).toLowerCase(Locale.ROOT),
                        most,
                        there);
        };
    }
}
