package org.ttt4j.kernel;

/** One implementation of the inner loop's arithmetic. Implementations agree to float32 rounding. */
public interface InnerKernel {

    /** As in {@link InnerKernels#names}. */
    String name();

    /** Whether it computes by the Vector API, so that others may, too. */
    boolean vectorised();

    /** A worker for blocks of linear attention of up to so many tokens; serves one thread at a time. */
    LinearAttentionBlock linearAttention(LinearAttentionShape shape);

    /** A worker for lanes of this shape, with all its scratch; serves one thread at a time, any lane after another. */
    InnerLane lane(InnerShape shape);
}
