package org.ttt4j.host;

import java.util.Arrays;
import org.ttt4j.rows.SoftmaxRows;
import org.ttt4j.tensor.TttException;

/** Cross-entropy of every prediction and its gradient. */
final class LossKernels {

    private final RowBlocks blocks;
    private final Arena arena;
    private final SoftmaxRows softmax;

    LossKernels(RowBlocks blocks, Arena arena, SoftmaxRows softmax) {
        this.blocks = blocks;
        this.arena = arena;
        this.softmax = softmax;
    }

    /** {@code log Σ e^x - x_target}; 0 without a target. */
    HostArray forward(HostArray logits, int[][] targets) {
        int[] flat = flatten(logits, targets);
        int n = logits.width();
        float[] x = logits.data();
        HostArray loss = arena.array(logits.shape()[0], logits.shape()[1]);
        blocks.run(flat.length, n, (from, to) -> {
            for (int r = from; r < to; r++) {
                loss.data()[r] = flat[r] < 0 ? 0 : loss(x, r * n, n, flat[r]);
            }
        });
        return loss;
    }

    private float loss(float[] x, int at, int n, int target) {
        float max = softmax.max(x, at, n);
        double shifted = (double) x[at + target] - max;
        return (float) (Math.log(softmax.sumExp(x, at, n, max)) - shifted);
    }

    /** {@code dy (softmax - one-hot)}; 0 without a target. */
    HostArray gradient(HostArray logits, int[][] targets, HostArray dy) {
        int[] flat = flatten(logits, targets);
        int n = logits.width();
        HostArray dx = arena.array(logits.shape());
        blocks.run(flat.length, n, (from, to) -> {
            for (int r = from; r < to; r++) {
                float weight = dy.data()[r];
                if (flat[r] >= 0 && weight != 0) {
                    gradient(logits.data(), r * n, n, weight, dx.data());
                    dx.data()[r * n + flat[r]] -= weight;
                } else {
                    Arrays.fill(dx.data(), r * n, (r + 1) * n, 0);
                }
            }
        });
        return dx;
    }

    private void gradient(float[] x, int at, int n, float weight, float[] dx) {
        double sum = softmax.exp(x, at, n, softmax.max(x, at, n), dx);
        softmax.scale(dx, at, n, (float) (weight / sum));
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
