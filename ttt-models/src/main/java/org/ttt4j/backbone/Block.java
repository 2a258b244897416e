package org.ttt4j.backbone;

import java.util.List;
import org.ttt4j.ops.Chunk;
import org.ttt4j.ops.Ops;
import org.ttt4j.ops.StateSpec;
import org.ttt4j.param.Param;

/** One residual block of a deep network: declarations of weights and memory, and the composition. */
public interface Block {

    /** Its parameters, in checkpoint order. */
    List<Param> params();

    /** The memory that it needs across chunks. */
    List<StateSpec> states();

    /**
     * One chunk through the block.
     *
     * @param h the residual stream [B, L, C]
     * @return the stream after the block
     */
    <A> A forward(Ops<A> ops, A h, Chunk chunk);
}
