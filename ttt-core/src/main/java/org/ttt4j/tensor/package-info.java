/** The ground floor: the one exception, shape checks and transfer between ND4J arrays and Java arrays. */
package org.ttt4j.tensor;
