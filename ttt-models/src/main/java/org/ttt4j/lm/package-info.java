/** Causal language models: embedding, blocks, head; and a model with weights that runs. */
package org.ttt4j.lm;
