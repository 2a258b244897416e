package org.ttt4j.inner;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.ttt4j.tensor.Tensors;

/**
 * The inner loop as the paper defines it, token by token: learn the token, then predict it. It runs any learner and is
 * the reference that {@link DualForm} is measured against.
 */
public final class PrimalInnerLoop {

    private PrimalInnerLoop() {}

    /**
     * Runs over the next r tokens. Every token is predicted after it has been learnt.
     *
     * @param state where the sequence stands; advanced in place
     * @param XQ test views [r, D]
     * @param XK training views [r, D]
     * @param XV label views [r, D]
     * @param rate inner learning rates [r]
     * @return predictions [r, D]
     */
    public static INDArray run(InnerLearner.State state, INDArray XQ, INDArray XK, INDArray XV, INDArray rate) {
        Tensors.requireShape("XQ", XQ, -1, -1);
        Tensors.requireShape("XK", XK, XQ.shape());
        Tensors.requireShape("XV", XV, XQ.shape());
        Tensors.requireShape("rate", rate, XQ.size(0));
        int r = (int) XQ.size(0);
        INDArray[] out = new INDArray[r];
        for (int t = 0; t < r; t++) {
            state.train(row(XK, t), row(XV, t), rate.getDouble(t));
            out[t] = state.predict(row(XQ, t));
        }
        return r == 1 ? out[0] : Nd4j.concat(0, out);
    }

    private static INDArray row(INDArray x, int t) {
        return Tensors.rows(x, t, t + 1);
    }
}
