package org.ttt4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputTest {

    @Test
    void tableAlignsFiguresRight() {
        Table table = new Table("method", "loss").row("TTT-Linear", "2.5").row("none", "12.25");
        assertEquals("method       loss\nTTT-Linear    2.5\nnone        12.25", table.toString());
    }

    @Test
    void jsonIsOneObjectALine(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("out.jsonl");
        try (Json json = Json.open(file)) {
            json.line(new Point(1, 0.5));
            json.line(Map.of("done", true));
        }
        assertEquals("{\"step\":1,\"loss\":0.5}\n{\"done\":true}\n", Files.readString(file));
    }

    @Test
    void plotIsAnImageOrALineThatSaysWhyNot(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("loss.png");
        StringWriter err = new StringWriter();
        double[] x = {1, 10, 100, 1000};
        List<Plots.Curve> curves = List.of(
                new Plots.Curve("TTT-Linear", x, new double[] {4, 3, 2.5, 2.25}),
                new Plots.Curve("frozen", x, new double[] {4, 3.5, Double.NaN, 3.4}));
        Plots.draw(
                file,
                "Loss by position",
                Plots.Axis.log("position (tokens)"),
                Plots.Axis.linear("loss (nats per token)"),
                curves,
                new PrintWriter(err, true));
        if (Files.exists(file)) {
            assertNotNull(ImageIO.read(file.toFile()));
            assertEquals("", err.toString());
        } else {
            assertTrue(err.toString().contains("fontconfig"), err.toString());
        }
    }

    @Test
    void demoTextHoldsTheSources() throws IOException {
        List<String> documents = DemoText.documents();
        assertTrue(documents.stream().anyMatch(text -> text.contains("public final class TttException")));
        assertTrue(documents.stream().noneMatch(text -> text.contains("\f")));
    }

    private record Point(int step, double loss) {}
}
