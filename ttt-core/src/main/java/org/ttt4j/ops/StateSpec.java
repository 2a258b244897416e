package org.ttt4j.ops;

/** A declaration of memory across chunks, as {@link org.ttt4j.param.Param} is one of weights. */
public interface StateSpec {

    /** Its name in a {@link SequenceState}; unique in a model. */
    String key();

    /** The sizes of its state, in words; a state of another layout does not fit. */
    String layout();
}
