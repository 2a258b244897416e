package org.ttt4j.speed;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.ttt4j.execution.Execution;
import org.ttt4j.lm.CausalLM;
import org.ttt4j.ops.Executor;
import org.ttt4j.ops.Linear;
import org.ttt4j.ops.Projection;
import org.ttt4j.param.Param;
import org.ttt4j.tensor.Tensors;

/** The best rate of an executor's products over a model's own matrices. */
final class ProductPeak {

    /** Outputs of one product; the head gets fewer rows than the others. */
    private static final int MOST_OUTPUTS = 1 << 24;

    private static final int LEAST_REPEATS = 3;

    private final Collection<Projection> projections;
    private final int rows;
    private final double seconds;

    /**
     * @param rows that every matrix is applied to
     * @param seconds for each shape
     */
    ProductPeak(CausalLM lm, int rows, double seconds) {
        Map<List<Integer>, Projection> shapes = new LinkedHashMap<>();
        for (Projection p : Work.projections(lm)) {
            shapes.putIfAbsent(List.of(width(p), outputs(p)), p);
        }
        projections = shapes.values();
        this.rows = rows;
        this.seconds = seconds;
    }

    /** GFLOP/s of the executor that runs the model. */
    <A> double measure(Executor<A> executor) {
        double best = 0;
        for (Projection p : projections) {
            best = Math.max(best, rate(executor, p));
        }
        return best / 1e9;
    }

    /** GFLOP/s of an executor of its own, which holds a matrix of every shape. */
    double measure(Execution execution) {
        List<Param> params = new ArrayList<>();
        for (Projection p : projections) {
            for (Linear map : p.maps()) {
                params.add(map.weight());
                if (map.bias() != null) {
                    params.add(map.bias());
                }
            }
        }
        try (Executor<?> executor = execution.open(params, new RandomWeights(1))) {
            return measure(executor);
        }
    }

    private <A> double rate(Executor<A> executor, Projection p) {
        int tokens = Math.min(rows, MOST_OUTPUTS / outputs(p));
        A x = executor.in(random(tokens, width(p)));
        Runnable product = () -> executor.scope(() -> executor.project(p, x).size());
        return 2.0
                * tokens
                * width(p)
                * outputs(p)
                / Timing.of(product, LEAST_REPEATS, seconds).least();
    }

    private static int width(Projection p) {
        return p.maps().get(0).in();
    }

    private static int outputs(Projection p) {
        return p.maps().stream().mapToInt(Linear::out).sum();
    }

    private static INDArray random(int rows, int width) {
        Random random = new Random(1);
        float[] values = new float[rows * width];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextFloat() - 0.5f;
        }
        return Tensors.of(values, 1, rows, width);
    }
}
