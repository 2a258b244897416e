package org.ttt4j.inner;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * How a sequence is learnt: the paper's abstraction of a learner (section 2.6). Its state is the hidden state of the
 * layer; training on a token is the update rule, predicting is the output rule. Parametric learners
 * ({@link GradientLearner}) and nonparametric ones fit alike.
 */
public interface InnerLearner {

    /** The state before the first token. */
    State start();

    /** What has been learnt so far of one sequence. Mutable; belongs to the caller. */
    interface State {

        /**
         * Learns one token.
         *
         * @param k its training view, [1, D]
         * @param v its label view, [1, D]
         * @param rate its inner learning rate
         */
        void train(INDArray k, INDArray v, double rate);

        /**
         * The prediction after the tokens so far.
         *
         * @param q a test view, [1, D]
         * @return [1, D]
         */
        INDArray predict(INDArray q);

        /** An independent copy. */
        State copy();
    }
}
