package org.ttt4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ttt4j.bench.sweep.Cell;
import org.ttt4j.bench.sweep.Effort;
import org.ttt4j.bench.sweep.Results;
import org.ttt4j.bench.sweep.Row;
import org.ttt4j.bench.sweep.Workload;
import org.ttt4j.config.MixerKind;
import picocli.CommandLine;

/** What the commands make of times; where these come from is tested where they are measured. */
class BenchCommandTest {

    @TempDir
    private Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final List<Cell> measured = new ArrayList<>();
    private double factor = 1;

    /** Attention's time grows, Mamba has none. */
    private Row measure(Cell cell, Effort effort) {
        measured.add(cell);
        if (cell.mixer() == MixerKind.MAMBA) {
            return new Row(cell, null, null, List.of(), null, 1 << 16, "memory: too little");
        }
        double ms = factor * (cell.mixer() == MixerKind.ATTENTION ? 0.01 * cell.context() / 1000 : 0.025);
        return new Row(cell, ms, ms / 20, List.of(ms), cell.context() * 64L, 1 << 16, null);
    }

    private int run(CommandLine command, String... arguments) {
        return command.setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(arguments);
    }

    private int bench(String... options) {
        return run(
                new CommandLine(new BenchCommand(log -> this::measure)),
                Stream.concat(Stream.of("--out", directory.toString()), Stream.of(options))
                        .toArray(String[]::new));
    }

    @Test
    void writesFiguresTablesPlotsAndSentences() throws IOException {
        assertEquals(0, bench("--quick", "--threads", "2"), err::toString);
        Results results = Results.read(directory.resolve("results.json"));
        assertEquals(measured, results.rows().stream().map(Row::cell).toList());
        Cell first = measured.get(0);
        assertEquals("small", first.preset());
        assertEquals(2, first.threads());
        assertEquals(4 * 7, measured.size());
        String report = Files.readString(directory.resolve("results.md"));
        assertTrue(report.contains("| 8,192 | 0.0250 ± 5.0 % | 0.0250 ± 5.0 % | 0.0819 ± 5.0 % | – |"), report);
        assertTrue(out.toString().contains("TTT-Linear reads faster than attention from about 2,500"), out.toString());
        assertTrue(out.toString().contains("TTT-MLP writes faster than attention from about"), out.toString());
        for (String name : List.of("prefill", "decode", "state")) {
            Path plot = directory.resolve(name + ".png");
            assertTrue(
                    Files.exists(plot)
                            ? ImageIO.read(plot.toFile()) != null
                            : err.toString().contains("fonts"));
            assertEquals(Files.exists(plot), report.contains("(" + name + ".png)"));
        }
    }

    @Test
    void measuresWhatIsAskedFor() {
        assertEquals(0, bench("--test", "train", "--mixer", "ttt-mlp", "--context", "64,32", "--weights", "float32"));
        assertEquals(List.of(32, 64), measured.stream().map(Cell::context).toList());
        assertTrue(measured.stream()
                .allMatch(cell -> cell.test() == Workload.TRAIN && cell.preset().equals("125m")));
    }

    @Test
    void resumesWhatIsThere() {
        assertEquals(0, bench("--mixer", "ttt-linear,mamba", "--context", "512"));
        assertEquals(0, bench("--mixer", "ttt-linear,mamba", "--context", "512,1024", "--resume"));
        assertEquals(
                4 + 6, measured.size(), "two tests of two mixers; then the missing mixer again, and the longer text");
    }

    @Test
    void wrongNamesEndItBeforeAnythingIsMeasured() {
        assertFalse(bench("--preset", "nano") == 0);
        assertFalse(bench("--mixer", "mamba", "--backbone", "mamba") == 0);
        assertFalse(bench("--test", "sleep") == 0);
        assertTrue(measured.isEmpty());
    }

    @Test
    void comparesTwoRuns() {
        bench("--mixer", "ttt-linear", "--context", "512");
        Path before = directory;
        directory = before.resolve("after");
        factor = 2;
        bench("--mixer", "ttt-linear", "--context", "512,1024");
        out.getBuffer().setLength(0);
        int code = run(
                new CommandLine(new CompareCommand()),
                before.resolve("results.json").toString(),
                directory.toString());
        assertEquals(0, code, err::toString);
        String table = out.toString();
        assertTrue(table.contains("125m ttt-linear, float32"), table);
        assertTrue(table.contains("0.0250 ± 5.0 %  0.0500 ± 5.0 %  +100.0 %   slower"), table);
        assertTrue(table.contains("only in the first: 0, only in the second: 2"), table);
        assertFalse(table.contains("Not measured alike"), table);
    }

    @Test
    void comparingNeedsFiles() {
        assertFalse(run(new CommandLine(new CompareCommand()), "nowhere.json", "nowhere.json") == 0);
    }
}
