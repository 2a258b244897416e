/**
 * Training of language models: one loop that can be stopped, killed and continued without changing a bit of its result.
 * {@link org.ttt4j.train.TrainingTask} says what is learnt, {@link org.ttt4j.train.Trainer} does it.
 */
package org.ttt4j.train;
