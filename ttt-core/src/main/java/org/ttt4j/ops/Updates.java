package org.ttt4j.ops;

/**
 * What an optimiser does to parameters, gradients and moments: elementwise arithmetic in place, with results that do not
 * depend on the number of threads.
 *
 * @param <A> the executor's array type
 */
public interface Updates<A> {

    /**
     * AdamW's numbers for one step (Loshchilov and Hutter 2019).
     *
     * @param learningRate of this step
     * @param beta1 decay of the first moment
     * @param beta2 decay of the second moment
     * @param epsilon added to the root of the corrected second moment
     * @param weightDecay decoupled, multiplied by the learning rate
     * @param gradientScale multiplies the gradient first (clipping)
     * @param step from 1, for the bias correction
     */
    record AdamW(
            double learningRate,
            double beta1,
            double beta2,
            double epsilon,
            double weightDecay,
            double gradientScale,
            long step) {}

    /** Sum of squares, in double precision. */
    double squaredNorm(A x);

    /** {@code m, v, w} advance by one step along gradient {@code g}. */
    void adamW(A w, A g, A m, A v, AdamW step);

    /** Sets every entry to 0. */
    void clear(A x);
}
