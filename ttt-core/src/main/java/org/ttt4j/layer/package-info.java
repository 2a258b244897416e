/** TTT layers as compositions of operations, and a session that runs a bare layer on ND4J arrays, forward and backward. */
package org.ttt4j.layer;
