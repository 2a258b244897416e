/**
 * Benchmarks of whole models run one after the other, and what their results say: where one mixer passes another, what changed
 * between two runs. {@link org.ttt4j.bench.sweep.Sweep} runs, {@link org.ttt4j.bench.sweep.Results} is the file.
 */
package org.ttt4j.bench.sweep;
