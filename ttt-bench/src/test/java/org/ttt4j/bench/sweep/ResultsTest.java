package org.ttt4j.bench.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.ttt4j.bench.sweep.Workload.DECODE;
import static org.ttt4j.bench.sweep.Workload.PREFILL;
import static org.ttt4j.config.MixerKind.ATTENTION;
import static org.ttt4j.config.MixerKind.TTT_LINEAR;
import static org.ttt4j.config.MixerKind.TTT_MLP;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ttt4j.tensor.TttException;

class ResultsTest {

    private static final Results RESULTS = Rows.results(
            Rows.row(PREFILL, TTT_LINEAR, 512, 0.123456),
            Rows.row(PREFILL, ATTENTION, 512, 0.1),
            Rows.row(PREFILL, TTT_LINEAR, 1024, 0.12),
            Rows.row(PREFILL, ATTENTION, 1024, 0.2),
            Rows.row(Rows.cell(DECODE, TTT_LINEAR, 131072), 12.5, null),
            Row.missing(Rows.cell(DECODE, ATTENTION, 131072), 1L << 30, "memory: too little"));

    @TempDir
    private Path directory;

    @Test
    void aFileHoldsEverything() {
        Path file = directory.resolve(Results.FILE);
        RESULTS.write(file);
        assertEquals(RESULTS, Results.read(file));
    }

    @Test
    void wrongFilesAreNamed() throws IOException {
        Path file = directory.resolve("wrong.json");
        assertThrows(TttException.class, () -> Results.read(file));
        for (String text : new String[] {"[]", "{", "{}", "{\"environment\": 1}"}) {
            Files.writeString(file, text);
            TttException e = assertThrows(TttException.class, () -> Results.read(file), text);
            assertTrue(e.getMessage().startsWith(file.toString()), e.getMessage());
        }
    }

    @Test
    void aNewRowOfACellReplacesTheOldOne() {
        Row again = Rows.row(DECODE, ATTENTION, 131072, 3);
        Results more = RESULTS.with(again);
        assertEquals(RESULTS.rows().size(), more.rows().size());
        assertEquals(again, more.row(again.cell()).orElseThrow());
    }

    @Test
    void aRowHasATimeOrAReason() {
        Cell cell = Rows.cell(DECODE, TTT_MLP, 1);
        assertThrows(TttException.class, () -> Rows.row(cell, 0, null));
        assertThrows(TttException.class, () -> Rows.row(cell, Double.NaN, null));
        assertThrows(TttException.class, () -> Row.missing(cell, 1, null));
    }

    @Test
    void theReportHasTablesCrossingsAndReasons() {
        String report = Report.of(RESULTS, Map.of("Reading a text", "prefill.png"));
        for (String expected : new String[] {
            "- JDK: 17\n",
            "| tokens | TTT-Linear | Attention |\n|---:|---:|---:|\n",
            "| 512 | 0.123 ± 1.0 % | 0.100 ± 1.0 % |\n",
            "| 131,072 | 12.5 | – |\n",
            "- TTT-Linear reads faster than attention from about ",
            "| 131,072 | 0.00 (0.00) | – (1,024) |\n",
            "- decode, Attention, 131,072 tokens: memory: too little\n",
            "![Reading a text](prefill.png)\n"
        }) {
            assertTrue(report.contains(expected), expected + " in\n" + report);
        }
    }
}
