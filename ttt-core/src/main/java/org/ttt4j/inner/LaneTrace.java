package org.ttt4j.inner;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What the backward of a chunk needs: its input, which must not change before, and the state at some mini-batch borders.
 * Everything in between is computed again.
 */
public final class LaneTrace {

    private final LaneInput input;
    private final List<Group> groups;
    private final INDArray output;

    LaneTrace(LaneInput input, List<Group> groups, INDArray output) {
        this.input = input;
        this.groups = List.copyOf(groups);
        this.output = output;
    }

    /**
     * Segments that are recomputed together.
     *
     * @param state the state before the first of them
     */
    record Group(LaneState state, List<Cut> cuts) {}

    /** The chunk's output q + LN(z̄), [r, D]. */
    public INDArray output() {
        return output;
    }

    LaneInput input() {
        return input;
    }

    List<Group> groups() {
        return groups;
    }
}
