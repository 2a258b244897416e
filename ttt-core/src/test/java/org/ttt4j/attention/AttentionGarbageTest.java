package org.ttt4j.attention;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.ttt4j.kernel.VectorApi;

/** Vectors stay in registers: the kernels of a block allocate nothing once they are compiled. */
class AttentionGarbageTest {

    private static final long SECONDS = 60;

    private final AttentionShape shape = new AttentionShape(4, 4, 64);
    private final float[] x = new float[1 << 14];
    private final float[] y = new float[1 << 14];

    private Map<String, Runnable> loops() {
        AttentionKernel kernel = AttentionKernel.of(true, shape);
        PartialSums sums = new PartialSums(64, 64);
        float[][][] lanes = new float[SpanReader.STREAMS][1][shape.blockFloats()];
        int[] first = new int[SpanReader.STREAMS];
        float[] logSums = new float[64];
        Map<String, Runnable> loops = new LinkedHashMap<>();
        loops.put("one row", () -> kernel.product(x, 0, 64, y, 0, 0, y, 64, 64, 1, lanes[0][0], 0, 64, 1, 64, 64));
        loops.put("weigh", () -> {
            sums.clear(64);
            kernel.weigh(y, 0, 64, sums, 64);
        });
        loops.put("unweigh", () -> kernel.unweigh(y, x, 64, logSums, logSums, 0));
        loops.put("mix", () -> kernel.mix(x, 0, 0.5f, y, 0.5f, 64));
        if (kernel.readsSideBySide(shape)) {
            loops.put("scores", () -> kernel.scores(x, 64, y, 64, lanes, first, 1));
            loops.put("values", () -> kernel.values(x, shape, y, 64, lanes, first, 1));
        }
        return loops;
    }

    @Test
    void kernelsMakeNoGarbage() {
        assumeTrue(VectorApi.available());
        Map<String, Runnable> loops = loops();
        long end = System.nanoTime() + SECONDS * 1_000_000_000;
        Set<String> wasteful = new TreeSet<>(loops.keySet());
        while (!wasteful.isEmpty() && System.nanoTime() < end) {
            wasteful.removeIf(name -> allocated(loops.get(name)) == 0);
        }
        assertEquals(Set.of(), wasteful);
    }

    /** Bytes of some calls, after as many to warm up. */
    private static long allocated(Runnable loop) {
        int calls = 2000;
        for (int i = 0; i < calls; i++) {
            loop.run();
        }
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long id = Thread.currentThread().getId();
        long before = threads.getThreadAllocatedBytes(id);
        for (int i = 0; i < calls; i++) {
            loop.run();
        }
        return (threads.getThreadAllocatedBytes(id) - before) / calls;
    }
}
