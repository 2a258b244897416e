package org.ttt4j.inner;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.ttt4j.tensor.Tensors;
import org.ttt4j.tensor.TttException;

/**
 * Learns an {@link InnerModel} by mini-batch gradient descent (paper, section 2.4, with the authors' position factors).
 *
 * <p>All gradients of a mini-batch of K tokens are taken at the weights W of its start. With the running sums
 * G_t = Σ_{s≤t} rate_s ∇ℓ(W; k_s, v_s) the j-th token of the mini-batch sees W_t = W - a_j G_t: the factor scales the whole
 * sum, and the token's own gradient is in it. After the K-th token W becomes W_K and G starts again from 0. (K = 1: online
 * descent; a mini-batch as long as the sequence and a = 1: batch descent.)
 */
public final class GradientLearner implements InnerLearner {

    private final InnerModel model;
    private final InnerLoss loss;
    private final List<INDArray> start;
    private final double[] a;

    /**
     * @param start the weights before the first token, in the model's order
     * @param a the position factors [K]
     */
    public GradientLearner(InnerModel model, InnerLoss loss, List<INDArray> start, INDArray a) {
        this.model = model;
        this.loss = loss;
        this.start = List.copyOf(start);
        this.a = Tensors.toDoubles(Tensors.requireShape("position factors", a, -1));
    }

    @Override
    public State start() {
        return resume(LaneState.start(start), 0);
    }

    /**
     * Goes on from a lane's state, whatever left it.
     *
     * @param lane the state, advanced in place from now on
     * @param position how many tokens of its sequence it has seen
     */
    public State resume(LaneState lane, int position) {
        if (position < 0) {
            throw TttException.mismatch("position", "0 or more", position);
        }
        return new Descent(lane, position % a.length);
    }

    private final class Descent implements State {

        private final LaneState lane;
        private int seen; // tokens of the unfinished mini-batch
        private List<INDArray> current; // W_t: what the last token saw

        Descent(LaneState lane, int seen) {
            this.lane = lane;
            this.seen = seen;
            this.current = seen == 0 ? lane.weights() : step(a[seen - 1], lane.sums());
        }

        @Override
        public void train(INDArray k, INDArray v, double rate) {
            List<INDArray> W = lane.weights();
            List<INDArray> gradient = model.gradient(W, k, loss.gradient(model.predict(W, k), v));
            List<INDArray> G = lane.sums();
            for (int i = 0; i < G.size(); i++) {
                G.get(i).addi(Matrices.scaled(gradient.get(i), rate));
            }
            lane.keep(List.of(), G);
            seen++;
            if (seen == a.length) {
                lane.close(a[seen - 1]);
                current = lane.weights();
                seen = 0;
            } else {
                current = step(a[seen - 1], G);
            }
        }

        /** W - a G. */
        private List<INDArray> step(double factor, List<INDArray> G) {
            List<INDArray> next = new ArrayList<>();
            for (int i = 0; i < G.size(); i++) {
                next.add(lane.weights().get(i).sub(Matrices.scaled(G.get(i), factor)));
            }
            return next;
        }

        @Override
        public INDArray predict(INDArray q) {
            return model.predict(current, q);
        }

        @Override
        public State copy() {
            return new Descent(lane.copy(), seen);
        }
    }
}
