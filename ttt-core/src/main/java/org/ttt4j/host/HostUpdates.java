package org.ttt4j.host;

import java.util.Arrays;
import org.ttt4j.kernel.Workers;
import org.ttt4j.ops.Updates;

/** The optimiser's arithmetic in one pass over parameter, gradient and moments. */
final class HostUpdates implements Updates<HostArray> {

    private static final int BLOCK = 1 << 15;

    private final Workers workers;

    HostUpdates(Workers workers) {
        this.workers = workers;
    }

    @Override
    public double squaredNorm(HostArray x) {
        float[] data = x.data();
        double[] partial = new double[blocks(data)];
        workers.run(partial.length, b -> {
            double even = 0;
            double odd = 0;
            int end = end(data, b);
            int i = b * BLOCK;
            for (; i + 2 <= end; i += 2) {
                even += (double) data[i] * data[i];
                odd += (double) data[i + 1] * data[i + 1];
            }
            partial[b] = even + odd + (i < end ? (double) data[i] * data[i] : 0);
        });
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
        workers.run(blocks(w.data()), b -> adamW(w.data(), g.data(), m.data(), v.data(), step, b));
    }

    private static void adamW(float[] w, float[] g, float[] m, float[] v, AdamW step, int block) {
        float scale = (float) step.gradientScale();
        float beta1 = (float) step.beta1();
        float beta2 = (float) step.beta2();
        float rest1 = (float) (1 - step.beta1());
        float rest2 = (float) (1 - step.beta2());
        float rate = (float) (step.learningRate() / (1 - Math.pow(step.beta1(), step.step())));
        float rootScale = (float) (1 / Math.sqrt(1 - Math.pow(step.beta2(), step.step())));
        float epsilon = (float) step.epsilon();
        float keep = (float) (1 - step.learningRate() * step.weightDecay());
        int end = end(w, block);
        for (int i = block * BLOCK; i < end; i++) {
            float gradient = g[i] * scale;
            float first = beta1 * m[i] + rest1 * gradient;
            float second = beta2 * v[i] + rest2 * gradient * gradient;
            m[i] = first;
            v[i] = second;
            w[i] = keep * w[i] - rate * first / ((float) Math.sqrt(second) * rootScale + epsilon);
        }
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
