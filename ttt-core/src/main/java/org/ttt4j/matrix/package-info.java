/** Weight matrices packed for products with rows of activations, in several precisions. Knows the JDK only. */
package org.ttt4j.matrix;
