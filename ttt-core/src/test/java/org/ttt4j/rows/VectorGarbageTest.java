package org.ttt4j.rows;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * C2 makes objects of a loop's vectors where the loop is too long for it: nothing fails then, but the loop is ten times slower.
 * The objects show in what the thread allocates.
 */
class VectorGarbageTest {

    private static final int N = 768;
    private static final int ROWS = 8;
    private static final long SECONDS = 60;

    private final RowFunctions f = RowFunctions.vector();
    private final float[] x = filled(0.3f);
    private final float[] y = filled(-0.7f);
    private final float[] d = filled(0.9f);
    private final float[] out = filled(0);
    private final float[] out2 = filled(0);
    private final float[] w = Arrays.copyOf(y, N);
    private final float[] sums = new float[4 * N];

    private static float[] filled(float value) {
        float[] x = new float[(ROWS + 3) * N];
        for (int i = 0; i < x.length; i++) {
            x[i] = value * (1 + i % 5);
        }
        return x;
    }

    private Map<String, Runnable> loops() {
        int n = ROWS * N;
        float[] columns = new float[N];
        float[] twoSums = new float[2 * N];
        Map<String, Runnable> loops = new LinkedHashMap<>();
        loops.put("rms", () -> f.norms().rms(x, w, 1e-6, out, 0, ROWS));
        loops.put("rms gradient", () -> f.norms().rmsGradient(x, w, 1e-6, d, out, 0, ROWS, columns));
        loops.put("layer", () -> f.norms().layer(x, w, w, 1e-6, out, 0, ROWS));
        loops.put("layer gradient", () -> f.norms().layerGradient(x, w, 1e-6, d, out, 0, ROWS, twoSums));
        loops.put("gelu", () -> f.gates().gelu(x, y, out, 0, n));
        loops.put("gelu gradient", () -> f.gates().geluGradient(x, y, d, out, out2, 0, n));
        loops.put("swish", () -> f.gates().swish(x, y, out, 0, n));
        loops.put("swish gradient", () -> f.gates().swishGradient(x, y, d, out, out2, 0, n));
        loops.put("sigmoid", () -> f.gates().sigmoid(1, x, out, 0, n));
        loops.put("sigmoid gradient", () -> f.gates().sigmoidGradient(1, x, d, out, 0, n));
        loops.put("add", () -> f.linear().add(x, y, out, 0, n));
        loops.put("columns", () -> f.linear().columnSums(x, 0, ROWS, columns));
        loops.put("turn halves", () -> f.linear().turnHalves(w, w, 0, 1, x, out, 0, ROWS * 12, 64));
        loops.put("turn", () -> f.linear().turn(w, w, 0, 1, x, out, 0, ROWS * 12, 64));
        loops.put("slide", () -> f.convolutions().slide(x, 0, y, 0, 4, w, 0, 0, out, 0, ROWS, N));
        loops.put("correlate", () -> f.convolutions().correlate(d, 0, x, 0, 4, sums, 0, ROWS, N));
        loops.put("max", () -> f.softmax().max(x, 0, n));
        loops.put("exp", () -> f.softmax().exp(x, 0, n, 5, out));
        loops.put("sum of exp", () -> f.softmax().sumExp(x, 0, n, 5));
        loops.put("squared norm", () -> f.updates().squaredNorm(x, 0, n));
        loops.put("silu", () -> f.gates().silu(x, out, 0, n));
        loops.put("silu gradient", () -> f.gates().siluGradient(x, d, out, 0, n));
        loops.put("positive", () -> f.gates().positive(x, out, 0, n));
        addScan(loops);
        return loops;
    }

    private void addScan(Map<String, Runnable> loops) {
        int tokens = 16;
        int states = 5;
        ScanTile tile = ScanTile.back(tokens, states);
        ScanTile forth = ScanTile.forth(tokens, states);
        float[] lanes = filled(-0.1f);
        float[] sums = new float[tokens * states];
        ScanRows scans = f.scans();
        loops.put("scan", () -> {
            scans.steps(d, x, 0, 32, forth, tokens);
            scans.decays(lanes, 0, forth, tokens);
            scans.pass(x, y, 0, out2, 0, forth, tokens);
            scans.leave(x, 0, 32, w, 0, forth, out, tokens);
        });
        loops.put("scan back: states", () -> {
            scans.steps(d, x, 0, 32, tile, tokens);
            scans.decays(lanes, 0, tile, tokens);
            scans.remember(x, 0, lanes, 0, tile, tokens);
        });
        loops.put(
                "scan back: gradients",
                () -> scans.back(x, y, 0, d, 0, 32, lanes, 0, lanes, 0, out, out2, 0, tile, tokens));
        loops.put("scan back: inputs", () -> scans.enterBack(d, x, y, 0, 32, w, 0, tile, out, out2, sums, 0, tokens));
        loops.put("scan back: sums", () -> scans.sums(tile, sums, sums, 0, tokens));
    }

    @Test
    void loopsMakeNoObjects() {
        Map<String, Runnable> wasteful = loops();
        long end = System.nanoTime() + SECONDS * 1_000_000_000;
        while (!wasteful.isEmpty() && System.nanoTime() < end) {
            wasteful.values().removeIf(loop -> garbage(loop) < N);
        }
        assertEquals(Set.of(), wasteful.keySet(), "loops with vectors on the heap");
    }

    /** Bytes that a call allocates, on average of some. */
    private static long garbage(Runnable loop) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long id = Thread.currentThread().getId();
        int calls = 20;
        long before = threads.getThreadAllocatedBytes(id);
        for (int i = 0; i < calls; i++) {
            loop.run();
        }
        return (threads.getThreadAllocatedBytes(id) - before) / calls;
    }
}
