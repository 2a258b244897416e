package org.ttt4j.speed;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.ttt4j.lm.LanguageModel;
import org.ttt4j.ops.Executor;
import org.ttt4j.ops.Linear;
import org.ttt4j.ops.Projection;
import org.ttt4j.tensor.Tensors;

/** The best rate of the executor's products over a model's own matrices. */
final class ProductPeak {

    /** Outputs of one product; the head gets fewer rows than the others. */
    private static final int MOST_OUTPUTS = 1 << 24;

    private static final int LEAST_REPEATS = 3;

    private ProductPeak() {}

    /**
     * Applies one projection of every shape to [rows x in] again and again.
     *
     * @param seconds for each shape
     * @return GFLOP/s
     */
    static <A> double measure(LanguageModel<A> model, int rows, double seconds) {
        Map<List<Integer>, Projection> shapes = new LinkedHashMap<>();
        for (Projection p : Work.projections(model.lm())) {
            shapes.putIfAbsent(List.of(width(p), outputs(p)), p);
        }
        double best = 0;
        for (Projection p : shapes.values()) {
            best = Math.max(best, rate(model.executor(), p, Math.min(rows, MOST_OUTPUTS / outputs(p)), seconds));
        }
        return best / 1e9;
    }

    private static <A> double rate(Executor<A> executor, Projection p, int rows, double seconds) {
        A x = executor.in(random(rows, width(p)));
        Timing timing =
                Timing.of(() -> executor.scope(() -> executor.project(p, x).size()), LEAST_REPEATS, seconds);
        return 2.0 * rows * width(p) * outputs(p) / timing.least();
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
