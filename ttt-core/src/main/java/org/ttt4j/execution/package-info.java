/** Choosing what runs a model. */
package org.ttt4j.execution;
