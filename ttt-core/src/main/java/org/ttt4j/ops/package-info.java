/**
 * The face between models and what runs them. A layer is composed once, against {@link org.ttt4j.ops.Ops}; an
 * {@link org.ttt4j.ops.Executor} runs it on its own kind of array; a {@link org.ttt4j.ops.Tape} is a decorator over any
 * executor that records and walks back. Memory across chunks lives in a {@link org.ttt4j.ops.SequenceState}, which the
 * caller owns.
 */
package org.ttt4j.ops;
