package org.ttt4j.reference;

import static org.ttt4j.reference.GradientCheck.C;

import java.util.List;
import org.ttt4j.ops.Chunk;
import org.ttt4j.ops.Ops;
import org.ttt4j.ops.StateSpec;
import org.ttt4j.param.Param;

/** A computation whose gradients are checked: any executor can run it. */
interface GradientCase {

    /** Widths of the inputs [B, L, width]. */
    default int[] widths() {
        return new int[] {C};
    }

    default List<Param> params() {
        return List.of();
    }

    default List<? extends StateSpec> states() {
        return List.of();
    }

    /** How many entries of each tensor are tried. */
    default int entries() {
        return 40;
    }

    <A> A run(Ops<A> ops, List<A> x, Chunk chunk);
}
