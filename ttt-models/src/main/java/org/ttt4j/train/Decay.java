package org.ttt4j.train;

import org.ttt4j.param.Param;

/** Which parameters weight decay shrinks, but for those that are exempt ({@link Param#decays}). */
public enum Decay {
    /** All of them, norms and biases included, as the authors' JAX code does. */
    ALL,
    /** Those of two or more dimensions; biases [H, 1] of the inner rate and the inner model's own are among them. */
    MATRICES;

    boolean shrinks(Param p) {
        return p.decays() && (this == ALL || p.shape().length >= 2);
    }
}
