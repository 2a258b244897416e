/** Trained models on disk: configuration, weights and where they come from, readable by the authors' PyTorch code. */
package org.ttt4j.checkpoint;
