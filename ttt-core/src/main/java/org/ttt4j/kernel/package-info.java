/**
 * The inner loop of a TTT layer as a fused float32 computation on {@code float[]}, forward and backward, and the threads
 * that run it. Needs nothing but the JDK.
 *
 * <p>A <i>lane</i> is one head of one sequence; lanes meet only in shared parameters. A <i>segment</i> is a run of tokens
 * inside one mini-batch. {@link org.ttt4j.kernel.FusedInnerLoop} cuts a chunk of tokens into segments and hands each lane
 * to one {@link org.ttt4j.kernel.InnerLane}, which holds all scratch that the lane needs.
 *
 * <p>Biases lie below their weights: the matrix called {@code W1} inside this package has D + 1 rows, the last being
 * {@code b1}.
 *
 * <p>The algorithm ({@link org.ttt4j.kernel.DualLane} and what it holds) is written once. A kernel brings its own kind of
 * matrix and its own loops: {@link org.ttt4j.kernel.Matrices} and {@link org.ttt4j.kernel.RowMath}.
 */
package org.ttt4j.kernel;
