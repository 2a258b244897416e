/**
 * The inner loop of a TTT layer on ND4J arrays: what is learnt at test time ({@link org.ttt4j.inner.InnerModel},
 * {@link org.ttt4j.inner.InnerLoss}), how it is learnt ({@link org.ttt4j.inner.InnerLearner}), the token-by-token primal
 * form ({@link org.ttt4j.inner.PrimalInnerLoop}) and the dual form with its exact gradients
 * ({@link org.ttt4j.inner.DualForm}).
 *
 * <p>Everything works on one <em>lane</em>: one sequence and one head. All arrays of a lane have the same type, FLOAT or
 * DOUBLE. Letters, besides the library's legend: r tokens at hand, δ the inner gradient at a dense layer's output,
 * E = diag(rate) δ, X the rows that enter a dense layer, a the position factors, G the running sums of a mini-batch.
 */
package org.ttt4j.inner;
