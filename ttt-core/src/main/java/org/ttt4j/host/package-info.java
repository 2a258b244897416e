/**
 * The fused executor: float32 on Java arrays, with its own threads. Row-wise operations and the inner loop are plain Java
 * loops; large matrix products go through ND4J's BLAS in tiles.
 *
 * <p>Work is cut by its size, never by the number of threads: results are the same, bit for bit, for every number of
 * threads.
 */
package org.ttt4j.host;
