/**
 * What a model computes between its matrix products, as functions of rows and entries of {@code float[]}: norms, gates,
 * convolution, rotary embedding, softmax, the optimiser's step; each with its gradient. Needs nothing but the JDK.
 *
 * <p>Every function stands twice, in plain Java and by the Vector API; {@link org.ttt4j.rows.RowFunctions} holds one set or
 * the other. The two agree to float32 rounding. All functions may run on several threads at once, on ranges that do not
 * overlap; what a range gives does not depend on where its work was cut, but for sums over rows.
 */
package org.ttt4j.rows;
