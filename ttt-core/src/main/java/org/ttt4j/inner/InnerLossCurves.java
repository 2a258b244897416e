package org.ttt4j.inner;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.ttt4j.tensor.Tensors;

/**
 * Is the inner loop alive? The loss of every token under three weights (paper, figure 4). On a healthy trained layer they
 * are ordered from high to low, and the distance to the first grows with t.
 *
 * @param atStart ℓ(W_0; x_t): with the weights of the sequence's start, per token
 * @param before ℓ(W_{t-1}; x_t): with the weights that the token before saw
 * @param after ℓ(W_t; x_t): with the weights that the token itself sees
 */
public record InnerLossCurves(double[] atStart, double[] before, double[] after) {

    /**
     * Measures the curves of one lane over r tokens. Nothing that is passed in is changed. For a TTT layer the learner is
     * a {@link GradientLearner} of a {@link ResidualNorm} with {@link SquaredError}: pass its {@code start()} and its
     * {@code resume(lane, position)}.
     *
     * @param loss the inner loss
     * @param start the learner's state at the sequence's start
     * @param state the learner's state before these tokens
     * @param XK training views [r, D]
     * @param XV label views [r, D]
     * @param rate inner learning rates [r]
     */
    public static InnerLossCurves of(
            InnerLoss loss,
            InnerLearner.State start,
            InnerLearner.State state,
            INDArray XK,
            INDArray XV,
            INDArray rate) {
        int r = (int) XK.size(0);
        InnerLossCurves curves = new InnerLossCurves(new double[r], new double[r], new double[r]);
        InnerLearner.State now = state.copy();
        for (int t = 0; t < r; t++) {
            INDArray k = Tensors.rows(XK, t, t + 1);
            INDArray v = Tensors.rows(XV, t, t + 1);
            curves.atStart[t] = loss.value(start.predict(k), v);
            curves.before[t] = loss.value(now.predict(k), v);
            now.train(k, v, rate.getDouble(t));
            curves.after[t] = loss.value(now.predict(k), v);
        }
        return curves;
    }
}
