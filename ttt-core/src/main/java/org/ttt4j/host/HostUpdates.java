package org.ttt4j.host;

import java.util.Arrays;
import org.ttt4j.kernel.Workers;
import org.ttt4j.ops.Updates;
import org.ttt4j.rows.UpdateRows;

/** The optimiser's arithmetic in one pass over parameter, gradient and moments. */
final class HostUpdates implements Updates<HostArray> {

    private static final int BLOCK = 1 << 15;

    private final Workers workers;
    private final UpdateRows updates;

    HostUpdates(Workers workers, UpdateRows updates) {
        this.workers = workers;
        this.updates = updates;
    }

    @Override
    public double squaredNorm(HostArray x) {
        float[] data = x.data();
        double[] partial = new double[blocks(data)];
        workers.run(partial.length, b -> partial[b] = updates.squaredNorm(data, b * BLOCK, end(data, b)));
        double total = 0;
        for (double p : partial) {
            total += p;
        }
        return total;
    }

    @Override
    public void adamW(HostArray w, HostArray g, HostArray m, HostArray v, AdamW step) {
        g.requireShapeOf("gradient", w);
        m.requireShapeOf("first moment", w);
        v.requireShapeOf("second moment", w);
        UpdateRows.AdamW constants = constants(step);
        workers.run(
                blocks(w.data()),
                b -> updates.adamW(w.data(), g.data(), m.data(), v.data(), constants, b * BLOCK, end(w.data(), b)));
    }

    private static UpdateRows.AdamW constants(AdamW step) {
        return new UpdateRows.AdamW(
                (float) step.gradientScale(),
                (float) step.beta1(),
                (float) (1 - step.beta1()),
                (float) step.beta2(),
                (float) (1 - step.beta2()),
                (float) (step.learningRate() / (1 - Math.pow(step.beta1(), step.step()))),
                (float) (1 / Math.sqrt(1 - Math.pow(step.beta2(), step.step()))),
                (float) step.epsilon(),
                (float) (1 - step.learningRate() * step.weightDecay()));
    }

    @Override
    public void clear(HostArray x) {
        workers.run(blocks(x.data()), b -> Arrays.fill(x.data(), b * BLOCK, end(x.data(), b), 0));
    }

    private static int blocks(float[] x) {
        return (x.length + BLOCK - 1) / BLOCK;
    }

    private static int end(float[] x, int block) {
        return Math.min(x.length, (block + 1) * BLOCK);
    }
}
