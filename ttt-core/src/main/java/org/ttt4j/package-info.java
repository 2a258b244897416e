/**
 * Test-Time Training layers (Sun et al. 2024, arXiv 2407.04620).
 *
 * <p>Dimension legend, used in every Javadoc of the library: <b>B</b> batch, <b>L</b> sequence length, <b>C</b> hidden
 * size, <b>H</b> heads, <b>D</b> = C/H head size, <b>K</b> inner mini-batch size, <b>N</b> mini-batches, <b>V</b>
 * vocabulary, <b>F</b> inner or feed-forward width. Vectors are rows: a linear map is {@code x Wᵀ} with {@code W [out, in]},
 * and the inner model maps {@code x W} with {@code W [in, out]}, as in the authors' code.
 */
package org.ttt4j;
