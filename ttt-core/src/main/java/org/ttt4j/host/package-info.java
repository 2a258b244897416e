/**
 * The fused executor: float32 on Java arrays, with its own threads. Cuts work into pieces and hands them to the functions of
 * {@link org.ttt4j.rows}, {@link org.ttt4j.kernel} and {@link org.ttt4j.matrix}; without the Vector API large matrix products
 * go through ND4J's BLAS in tiles.
 *
 * <p>Work is cut by its size, never by the number of threads: results are the same, bit for bit, for every number of
 * threads.
 */
package org.ttt4j.host;
