/**
 * The readable reference: every operation and its gradient on ND4J arrays, in float32 or float64, on any ND4J backend. It
 * is the oracle of every faster executor.
 */
package org.ttt4j.reference;
