package org.ttt4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ttt4j.checkpoint.Checkpoint;
import picocli.CommandLine;

class DemoCommandTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void trainsEvaluatesWritesAndDraws(@TempDir Path dir) throws IOException {
        Path model = dir.resolve("a model");
        CommandLine ttt = Ttt.commandLine();
        ttt.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        assertEquals(0, Ttt.run(ttt, "demo", "--steps", "2", "--out", model.toString()), err::toString);
        assertEquals("byte", Checkpoint.open(model).tokenizer().name());
        for (String part : new String[] {"bits per byte", "tokens read", "129 to 256", "a sample", "ttt generate"}) {
            assertTrue(out.toString().contains(part), part + " is missing:\n" + out);
        }
        if (err.toString().isEmpty()) { // a JDK without fonts says so and draws nothing
            for (String plot : new String[] {"loss.png", "loss-by-position.png"}) {
                assertTrue(
                        ImageIO.read(Files.newInputStream(model.resolve(plot))).getWidth() > 100, plot);
            }
        }
    }
}
