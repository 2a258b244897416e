package org.ttt4j.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.ttt4j.cli.Plots.Axis;
import org.ttt4j.cli.Plots.Curve;
import org.ttt4j.eval.Evaluation;

/** How the loss falls with what a model has read: as a table and as a plot. */
final class LossByPosition {

    private LossByPosition() {}

    static Table table(Evaluation evaluation) {
        Table table = new Table("tokens read", "loss", "predictions");
        for (Evaluation.Range range : evaluation.byPosition()) {
            table.row(
                    range.from() + 1 == range.to() ? "" + range.to() : (range.from() + 1) + " to " + range.to(),
                    String.format(Locale.ROOT, "%.4f", range.loss()),
                    String.format(Locale.ROOT, "%,d", range.tokens()));
        }
        return table;
    }

    /** The same for programs; positions as in {@link Evaluation.Range}. */
    static String csv(Evaluation evaluation) {
        StringBuilder csv = new StringBuilder("from,to,loss,tokens\n");
        for (Evaluation.Range range : evaluation.byPosition()) {
            csv.append(String.format(
                    Locale.ROOT, "%d,%d,%s,%d\n", range.from(), range.to(), range.loss(), range.tokens()));
        }
        return csv.toString();
    }

    static void draw(Path file, Evaluation evaluation, PrintWriter err) throws IOException {
        List<Evaluation.Range> ranges = evaluation.byPosition();
        Curve curve = new Curve(
                "loss",
                ranges.stream().mapToDouble(Evaluation.Range::to).toArray(),
                ranges.stream().mapToDouble(Evaluation.Range::loss).toArray());
        Plots.draw(
                file,
                "Loss by position",
                Axis.log("tokens read, up to"),
                Axis.linear("nats per token"),
                List.of(curve),
                err);
    }
}
