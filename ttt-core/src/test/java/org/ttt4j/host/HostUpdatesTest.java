package org.ttt4j.host;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.ttt4j.ops.Executor;
import org.ttt4j.ops.Updates;
import org.ttt4j.param.WeightSource;
import org.ttt4j.reference.InnerForm;
import org.ttt4j.reference.Nd4jOps;
import org.ttt4j.tensor.Tensors;

/** The optimiser's arithmetic against the reference in float64, and one thread against three. */
class HostUpdatesTest {

    private static final long[] SHAPE = {7, 9_001};

    private static <A> double[][] run(Executor<A> executor) {
        Random random = new Random(1);
        A w = executor.in(Twin.gaussian(random, 1, SHAPE));
        A m = executor.zeros(SHAPE);
        A v = executor.zeros(SHAPE);
        A g = null;
        for (int step = 1; step <= 5; step++) {
            g = executor.in(Twin.gaussian(random, 1, SHAPE));
            executor.updates().adamW(w, g, m, v, new Updates.AdamW(0.01, 0.9, 0.95, 1e-8, 0.1, 0.5, step));
        }
        double norm = executor.updates().squaredNorm(g);
        executor.updates().clear(g);
        return new double[][] {
            doubles(executor, w), doubles(executor, m), doubles(executor, v), {norm}, doubles(executor, g)
        };
    }

    private static <A> double[] doubles(Executor<A> executor, A x) {
        INDArray copy = executor.out(x);
        return Tensors.toDoubles(copy);
    }

    private static double[][] fused(int threads) {
        try (HostOps ops = new HostOps(List.of(), WeightSource.init(1), threads, "scalar")) {
            return run(ops);
        }
    }

    @Test
    void adamW() {
        double[][] expected;
        try (Nd4jOps reference = new Nd4jOps(DataType.DOUBLE, InnerForm.DUAL, List.of(), WeightSource.init(1))) {
            expected = run(reference);
        }
        double[][] one = fused(1);
        double[][] three = fused(3);
        for (int i = 0; i < expected.length; i++) {
            double error = Twin.error(expected[i], one[i]);
            assertTrue(error < 1e-6, "result " + i + ": " + error);
            assertArrayEquals(one[i], three[i]);
        }
        assertEquals(0, one[4][0]);
    }
}
