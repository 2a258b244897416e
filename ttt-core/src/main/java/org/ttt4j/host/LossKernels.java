package org.ttt4j.host;

import java.util.Arrays;
import org.ttt4j.tensor.TttException;

/** Cross-entropy of every prediction and its gradient. */
final class LossKernels {

    private final RowBlocks blocks;

    LossKernels(RowBlocks blocks) {
        this.blocks = blocks;
    }

    HostArray forward(HostArray logits, int[][] targets) {
        int[] flat = flatten(logits, targets);
        int n = logits.width();
        float[] x = logits.data();
        HostArray loss = HostArray.zeros(logits.shape()[0], logits.shape()[1]);
        blocks.run(flat.length, n, (from, to) -> {
            for (int r = from; r < to; r++) {
                if (flat[r] >= 0) {
                    float max = max(x, r * n, n);
                    double shifted = (double) x[r * n + flat[r]] - max;
                    loss.data()[r] = (float) (Math.log(sumExp(x, r * n, n, max, null)) - shifted);
                }
            }
        });
        return loss;
    }

    /** {@code dy (softmax - one-hot)}. */
    HostArray gradient(HostArray logits, int[][] targets, HostArray dy) {
        int[] flat = flatten(logits, targets);
        int n = logits.width();
        float[] x = logits.data();
        HostArray dx = HostArray.zeros(logits.shape());
        blocks.run(flat.length, n, (from, to) -> {
            for (int r = from; r < to; r++) {
                float weight = dy.data()[r];
                if (flat[r] >= 0 && weight != 0) {
                    float max = max(x, r * n, n);
                    float scale = (float) (weight / sumExp(x, r * n, n, max, dx.data()));
                    for (int i = r * n; i < (r + 1) * n; i++) {
                        dx.data()[i] *= scale;
                    }
                    dx.data()[r * n + flat[r]] -= weight;
                }
            }
        });
        return dx;
    }

    private static float max(float[] x, int at, int n) {
        float max = Float.NEGATIVE_INFINITY;
        for (int i = at; i < at + n; i++) {
            max = x[i] > max ? x[i] : max;
        }
        return max;
    }

    /** The sum of e^(x - max) over a row; keeps the terms too, if there is where. */
    private static double sumExp(float[] x, int at, int n, float max, float[] terms) {
        Exponential exponential = new Exponential();
        float[] e = new float[Exponential.PIECE];
        double sum = 0;
        for (int from = 0; from < n; from += e.length) {
            int m = Math.min(e.length, n - from);
            for (int j = 0; j < m; j++) {
                e[j] = x[at + from + j] - max;
            }
            exponential.apply(e, m);
            sum += Reductions.sum(e, 0, m);
            if (terms != null) {
                System.arraycopy(e, 0, terms, at + from, m);
            }
        }
        return sum;
    }

    /** The target of every row of the logits, -1 for none. */
    private static int[] flatten(HostArray logits, int[][] targets) {
        int batch = logits.shape()[0];
        int columns = logits.shape()[1];
        if (targets.length != batch) {
            throw TttException.mismatch("targets", batch + " sequences", targets.length);
        }
        int[] flat = new int[batch * columns];
        Arrays.fill(flat, -1);
        for (int b = 0; b < batch; b++) {
            if (targets[b].length > columns) {
                throw TttException.mismatch("targets of sequence " + b, "at most " + columns, targets[b].length);
            }
            for (int t = 0; t < targets[b].length; t++) {
                if (targets[b][t] >= logits.width()) {
                    throw TttException.mismatch("target", "less than " + logits.width(), targets[b][t]);
                }
                flat[b * columns + t] = targets[b][t];
            }
        }
        return flat;
    }
}
