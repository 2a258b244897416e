package org.ttt4j.layer;

import java.util.List;
import org.ttt4j.ops.Chunk;
import org.ttt4j.ops.Ops;
import org.ttt4j.ops.StateSpec;
import org.ttt4j.param.Param;

/**
 * A layer that mixes tokens along the sequence. It holds declarations only; an executor holds the values and the caller
 * the state.
 */
public interface SequenceMixer {

    /** Its parameters, in checkpoint order. */
    List<Param> params();

    /** The memory that it needs across chunks. */
    List<? extends StateSpec> states();

    /** Width C of its input and output. */
    int channels();

    /**
     * One chunk of every sequence, continuing from the chunk's state.
     *
     * @param x [B, L, C]
     * @return [B, L, C]
     */
    <A> A forward(Ops<A> ops, A x, Chunk chunk);
}
