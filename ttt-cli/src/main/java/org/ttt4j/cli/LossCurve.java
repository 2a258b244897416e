package org.ttt4j.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.ttt4j.cli.Plots.Axis;
import org.ttt4j.cli.Plots.Curve;

/** The curve of a training, drawn from its reports. */
final class LossCurve {

    private static final ObjectMapper JSON = new ObjectMapper();

    private LossCurve() {}

    /**
     * Draws the training loss, and the validation loss where it was measured.
     *
     * @param metrics the reports, one JSON object a line
     */
    static void draw(Path file, Path metrics, PrintWriter err) throws IOException {
        List<JsonNode> reports = new ArrayList<>();
        for (String line : Files.readAllLines(metrics)) {
            reports.add(JSON.readTree(line));
        }
        List<Curve> curves = new ArrayList<>(List.of(curve("training", "train_loss", reports)));
        if (reports.stream().anyMatch(r -> r.has("val_loss"))) {
            curves.add(curve("validation", "val_loss", reports));
        }
        Plots.draw(file, "Loss", Axis.linear("step"), Axis.linear("nats per token"), curves, err);
    }

    private static Curve curve(String name, String key, List<JsonNode> reports) {
        List<JsonNode> measured =
                reports.stream().filter(r -> r.has(key) && !r.has("event")).toList();
        return new Curve(
                name,
                measured.stream().mapToDouble(r -> r.get("step").asDouble()).toArray(),
                measured.stream().mapToDouble(r -> r.get(key).asDouble()).toArray());
    }
}
