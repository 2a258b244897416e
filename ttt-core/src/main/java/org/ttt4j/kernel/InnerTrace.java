package org.ttt4j.kernel;

import java.util.List;

/**
 * What a backward needs of a forward: the chunk and the weights, by reference, so they must not change in between; a copy of
 * the state at the chunk's start; and the inner weights at every so many segments.
 */
public final class InnerTrace {

    private final InnerWeights weights;
    private final InnerChunk chunk;
    private final InnerBuffers start;
    private final List<List<Segment>> segments; // per sequence
    private final int group; // segments between two checkpoints
    private final float[][][] checkpoints; // per lane, per group; of the first group, which starts at the start, null

    InnerTrace(InnerWeights weights, InnerChunk chunk, InnerBuffers start, List<List<Segment>> segments, int group) {
        this.weights = weights;
        this.chunk = chunk;
        this.start = start;
        this.segments = segments;
        this.group = group;
        checkpoints = new float[start.batch() * start.shape().heads()][][];
        for (int lane = 0; lane < checkpoints.length; lane++) {
            int n = segments.get(lane / start.shape().heads()).size();
            checkpoints[lane] = new float[(n + group - 1) / group][];
        }
    }

    /** Memory held beyond the chunk's own arrays, in bytes. */
    public long bytes() {
        long bytes = start.bytes();
        for (float[][] lane : checkpoints) {
            for (float[] checkpoint : lane) {
                bytes += checkpoint == null ? 0 : 4L * checkpoint.length;
            }
        }
        return bytes;
    }

    InnerWeights weights() {
        return weights;
    }

    InnerChunk chunk() {
        return chunk;
    }

    InnerBuffers start() {
        return start;
    }

    List<List<Segment>> segments() {
        return segments;
    }

    List<Segment> segments(int sequence) {
        return segments.get(sequence);
    }

    int group() {
        return group;
    }

    /** [groups] of a lane. */
    float[][] checkpoints(int sequence, int head) {
        return checkpoints[start.lane(sequence, head)];
    }
}
