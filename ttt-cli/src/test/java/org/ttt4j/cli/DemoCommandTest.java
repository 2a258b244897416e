package org.ttt4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ttt4j.checkpoint.Checkpoint;

class DemoCommandTest {

    private final Cli cli = new Cli();

    @Test
    void trainsEvaluatesWritesAndDraws(@TempDir Path dir) throws IOException {
        Path model = dir.resolve("a model");
        assertEquals(0, cli.run("demo", "--steps", "2", "--out", model), cli::err);
        assertEquals("byte", Checkpoint.open(model).tokenizer().name());
        for (String part : new String[] {"bits per byte", "tokens read", "129 to 256", "a sample", "ttt generate"}) {
            assertTrue(cli.out().contains(part), part + " is missing:\n" + cli.out());
        }
        if (cli.err().isEmpty()) { // a JDK without fonts says so and draws nothing
            for (String plot : new String[] {"loss.png", "loss-by-position.png"}) {
                assertTrue(ImageIO.read(model.resolve(plot).toFile()).getWidth() > 100, plot);
            }
        }
    }
}
