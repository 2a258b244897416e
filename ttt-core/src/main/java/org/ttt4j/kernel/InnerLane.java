package org.ttt4j.kernel;

import java.util.List;

/**
 * Walks the tokens of one lane at a time, a segment after the other.
 *
 * <p>Forward: {@link #begin}, {@link #forward} per segment, {@link #end}. Backward: {@link #beginBackward}, then from the last
 * segment to the first: bring the lane to where the segment begins by {@link #beginCopy}, {@link #forward}, {@link #save} and
 * {@link #restore}, then {@link #backward}; {@link #endBackward}.
 */
public interface InnerLane extends AutoCloseable {

    /** Takes over a head of a sequence and works on its state, which is in order again after {@link #end}. */
    void begin(InnerWeights w, InnerBuffers state, int sequence, int head);

    /** As {@link #begin}, on a copy of the state. */
    void beginCopy(InnerWeights w, InnerBuffers state, int sequence, int head);

    /**
     * Runs a segment.
     *
     * @param out [B, L, C] gets the segment's rows of this head; null if only the state is wanted
     */
    void forward(Segment s, InnerChunk chunk, float[] out);

    /** Completes what these segments, all of a chunk, changed of the lane's state. */
    void end(InnerBuffers state, List<Segment> segments);

    /** Floats that {@link #save} writes. */
    int savedFloats(boolean sums);

    /** Writes the weights and, if wanted, the running sums; stored rows are left out. */
    void save(float[] to, int at, boolean sums);

    /** The reverse of {@link #save}. */
    void restore(float[] from, int at, boolean sums);

    /** Clears the gradients that the lane carries. */
    void beginBackward();

    /**
     * Goes back through a segment whose start the lane stands at.
     *
     * @param dOut [B, L, C]
     * @param gradients gets the token gradients of the segment's rows of this head
     */
    void backward(Segment s, InnerChunk chunk, float[] dOut, InnerGradients gradients);

    /** Writes the lane's gradients: gamma [D], beta [D], a [K], then the start weights as W1, b1, W2, b2. */
    void endBackward(float[] to, int at);

    /** Gives back memory off the heap; the lane is not to be used again. */
    @Override
    void close();
}
