/**
 * The checkpoints and configurations of the authors' JAX training code, read under the names of their PyTorch code.
 * docs/checkpoints.md describes the format.
 */
package org.ttt4j.jax;
