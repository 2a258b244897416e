/** How well a model predicts a text: loss, bits per byte, and loss by position. */
package org.ttt4j.eval;
