package org.ttt4j.bench.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.ttt4j.config.MixerKind.ATTENTION;
import static org.ttt4j.config.MixerKind.MAMBA;
import static org.ttt4j.config.MixerKind.TTT_LINEAR;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.ttt4j.config.MixerKind;

class CrossingTest {

    private static final Workload READING = Workload.PREFILL;

    private final List<Row> rows = new ArrayList<>();

    private void curve(MixerKind mixer, double[] ms, int... contexts) {
        for (int i = 0; i < contexts.length; i++) {
            rows.add(Rows.row(READING, mixer, contexts[i], ms[i]));
        }
    }

    private List<Crossing> crossings() {
        return Crossing.withAttention(Rows.results(rows.toArray(Row[]::new)), READING);
    }

    @Test
    void straightLinesOfLogarithmsMeetWhereTheyDo() {
        // flat 2 against √(context / 1000): equal at 4,000
        curve(TTT_LINEAR, new double[] {2, 2, 2}, 1000, 2000, 8000);
        curve(ATTENTION, new double[] {1, Math.sqrt(2), Math.sqrt(8)}, 1000, 2000, 8000);
        Crossing crossing = crossings().get(0);
        assertEquals(Crossing.Kind.AT, crossing.kind());
        assertEquals(4000, crossing.context(), 1e-6);
        assertEquals(
                "TTT-Linear reads faster than attention from about 4,000 tokens on "
                        + "(at 8,000 tokens 2.00 against 2.83 ms a token).",
                crossing.words());
    }

    @Test
    void theLastCrossingCounts() {
        curve(TTT_LINEAR, new double[] {1, 3, 1}, 100, 200, 400);
        curve(ATTENTION, new double[] {2, 2, 2}, 100, 200, 400);
        double context = crossings().get(0).context();
        assertTrue(context > 200 && context < 400, "at " + context);
    }

    @Test
    void noCrossingIsSaid() {
        curve(TTT_LINEAR, new double[] {2, 2}, 100, 200);
        curve(MAMBA, new double[] {0.5, 0.5}, 100, 200);
        curve(ATTENTION, new double[] {1, 1.5}, 100, 200);
        List<String> words = crossings().stream().map(Crossing::words).toList();
        assertEquals(
                List.of(
                        "TTT-Linear: no crossing with attention up to 200 tokens "
                                + "(at 200 tokens 2.00 against 1.50 ms a token).",
                        "Mamba reads faster than attention at all measured lengths, 100 to 200 tokens "
                                + "(at 200 tokens 0.500 against 1.50 ms a token)."),
                words);
    }

    @Test
    void onlyCommonLengthsCount() {
        curve(TTT_LINEAR, new double[] {2, 2, 2}, 100, 200, 800);
        curve(ATTENTION, new double[] {1, 3, 9}, 100, 400, 1600);
        rows.add(Row.missing(Rows.cell(READING, ATTENTION, 200), 1, "left out"));
        Crossing crossing = crossings().get(0);
        assertEquals(Crossing.Kind.NONE, crossing.kind());
        assertEquals(100, crossing.most());
    }

    @Test
    void withoutAttentionThereIsNothingToCross() {
        curve(TTT_LINEAR, new double[] {2, 2}, 100, 200);
        assertTrue(crossings().isEmpty());
    }
}
