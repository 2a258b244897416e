package org.ttt4j.inner;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** One segment in dual form, with what its backward needs. */
interface Segment {

    /** q + LN(z̄), [r, D]. */
    INDArray output();

    /** The inner model's dense layers from the input on; layer i has the weights 2i and 2i + 1. */
    List<DenseSegment> layers();

    /**
     * Walks back through the segment.
     *
     * @param dOut the gradient at the output [r, D]
     * @param carry the gradient at the state after the segment; becomes the one at the state before it
     */
    SegmentGradients backward(INDArray dOut, Carry carry);

    /** The segment of an inner model, continuing a state. */
    @FunctionalInterface
    interface Factory {
        Segment of(LaneState state, SegmentInput in);
    }

    /** Moves the state over the segment. */
    default void advance(LaneState state, SegmentInput in) {
        state.keep(layers().stream().flatMap(layer -> layer.rows().stream()).toList(), state.folded());
        switch (in.end()) {
            case OPEN -> {}
            case FOLD -> state.fold();
            case CLOSE -> state.close(in.a().getDouble(in.a().length() - 1));
        }
    }
}
