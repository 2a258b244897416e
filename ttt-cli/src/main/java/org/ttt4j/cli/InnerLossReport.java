package org.ttt4j.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.ttt4j.cli.Plots.Axis;
import org.ttt4j.cli.Plots.Curve;
import org.ttt4j.data.Tokens;
import org.ttt4j.inner.InnerLossCurves;
import org.ttt4j.io.AtomicFiles;
import org.ttt4j.lm.LanguageModel;
import org.ttt4j.probe.InnerLossProbe;

/**
 * The inner loss of every layer over the first windows of a text, with three weights (figure 4 of the paper): on a healthy
 * layer they fall from one to the next, and the distance to the first grows along the text.
 */
final class InnerLossReport {

    private static final int WINDOWS = 4;
    /** The probe is slow, and the curves show what there is to see. */
    private static final int MAX_LENGTH = 512;
    /** Tokens that one point of a plot stands for. */
    private static final int SMOOTHED = 16;

    private final Map<String, InnerLossCurves> layers = new LinkedHashMap<>();

    private InnerLossReport() {}

    static InnerLossReport of(LanguageModel<?> model, Tokens text, int context) {
        int length = Math.min(Math.min(context, MAX_LENGTH), text.length());
        int[][] ids = IntStream.range(0, Math.min(WINDOWS, text.length() / length))
                .mapToObj(b -> text.copy(b * length, length))
                .toArray(int[][]::new);
        InnerLossProbe probe = new InnerLossProbe();
        model.observedBy(probe).next(ids, model.newState(ids.length));
        InnerLossReport report = new InnerLossReport();
        probe.layers()
                .values()
                .forEach(lanes -> report.layers.put("layer " + report.layers.size(), InnerLossProbe.mean(lanes)));
        return report;
    }

    /** Means over all tokens, and over the last quarter of them. */
    Table table() {
        Table table = new Table("inner loss", "start", "before", "after", "last quarter: start", "before", "after");
        layers.forEach((layer, c) -> {
            int r = c.atStart().length;
            table.row(
                    layer,
                    mean(c.atStart(), 0, r),
                    mean(c.before(), 0, r),
                    mean(c.after(), 0, r),
                    mean(c.atStart(), r * 3 / 4, r),
                    mean(c.before(), r * 3 / 4, r),
                    mean(c.after(), r * 3 / 4, r));
        });
        return table;
    }

    private static String mean(double[] curve, int from, int to) {
        return String.format(Locale.ROOT, "%.4f", average(curve, from, to));
    }

    private static double average(double[] curve, int from, int to) {
        return Arrays.stream(curve, from, to).average().orElse(Double.NaN);
    }

    /** Writes inner-loss.csv, and a plot for each layer. */
    void write(Path directory, PrintWriter err) throws IOException {
        StringBuilder csv = new StringBuilder("layer,token,start,before,after\n");
        int i = 0;
        for (InnerLossCurves c : layers.values()) {
            for (int t = 0; t < c.atStart().length; t++) {
                csv.append(i)
                        .append(',')
                        .append(t)
                        .append(',')
                        .append(c.atStart()[t])
                        .append(',');
                csv.append(c.before()[t]).append(',').append(c.after()[t]).append('\n');
            }
            Plots.draw(
                    directory.resolve("inner-loss-" + i + ".png"),
                    "Inner loss of layer " + i,
                    Axis.linear("tokens read"),
                    Axis.linear("inner loss, mean of " + SMOOTHED + " tokens"),
                    List.of(
                            smooth("W of the start", c.atStart()),
                            smooth("W of the token before", c.before()),
                            smooth("W of the token", c.after())),
                    err);
            i++;
        }
        AtomicFiles.writeString(directory.resolve("inner-loss.csv"), csv.toString());
    }

    private static Curve smooth(String name, double[] y) {
        int points = (y.length + SMOOTHED - 1) / SMOOTHED;
        double[] x = new double[points];
        double[] means = new double[points];
        for (int i = 0; i < points; i++) {
            int to = Math.min(y.length, (i + 1) * SMOOTHED);
            x[i] = to;
            means[i] = average(y, i * SMOOTHED, to);
        }
        return new Curve(name, x, means);
    }

    /** For programs: the means over all tokens, layer by layer. */
    List<Map<String, Object>> facts() {
        List<Map<String, Object>> facts = new ArrayList<>();
        for (InnerLossCurves c : layers.values()) {
            Map<String, Object> layer = new LinkedHashMap<>();
            layer.put("layer", facts.size());
            layer.put("start", average(c.atStart(), 0, c.atStart().length));
            layer.put("before", average(c.before(), 0, c.before().length));
            layer.put("after", average(c.after(), 0, c.after().length));
            facts.add(layer);
        }
        return facts;
    }
}
