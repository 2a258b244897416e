/** Instruments that can be switched on in any forward pass. */
package org.ttt4j.probe;
