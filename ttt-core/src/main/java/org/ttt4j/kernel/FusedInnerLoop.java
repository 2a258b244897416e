package org.ttt4j.kernel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.ttt4j.tensor.TttException;

/**
 * The inner loop of a TTT layer over a batch of sequences (Sun et al. 2024, sections 2.2 to 2.7): for each head
 * {@code out = XQ + gamma norm(f(XQ; W_t)) + beta} with the weights W_t that the tokens up to t have taught the inner model.
 *
 * <p>Any chunk of any length may follow at any place of a mini-batch; the same tokens give the same bits however they are
 * cut into chunks (by the BLAS kernel, the same up to rounding), and whatever the number of threads. Safe for use by several
 * threads on different states.
 */
public final class FusedInnerLoop implements AutoCloseable {

    /** Multiply-adds that are worth a task of their own: some microseconds. */
    private static final long TASK_SIZE = 50_000;

    private final InnerKernel kernel;
    private final InnerShape shape;
    private final Workers workers;
    private final ConcurrentLinkedDeque<Scratch> idle = new ConcurrentLinkedDeque<>();

    public FusedInnerLoop(InnerKernel kernel, InnerShape shape, Workers workers) {
        this.kernel = kernel;
        this.shape = shape;
        this.workers = workers;
    }

    public InnerShape shape() {
        return shape;
    }

    /**
     * Lets each sequence see its tokens of the chunk.
     *
     * @param state advanced in place; must belong to the chunk's positions
     * @param out [B, L, C] written; 0 where the chunk is padded
     * @throws TttException if sizes, lengths or positions do not fit; nothing is changed then
     */
    public void forward(InnerWeights w, InnerBuffers state, InnerChunk chunk, float[] out) {
        List<List<Segment>> segments = cut(w, state, chunk, out);
        state.prepare(segments);
        eachLane(segments, (scratch, b, h) -> {
            InnerLane lane = scratch.lane;
            scratch.read = Nearer.read(state.weights(), state.lane(b, h) * shape.laneFloats(), shape.laneFloats());
            lane.begin(w, state, b, h);
            for (Segment s : segments.get(b)) {
                lane.forward(s, chunk, out);
            }
            lane.end(state, segments.get(b));
            clearPadding(out, chunk, b, h);
        });
        settle(state, segments);
    }

    /**
     * As {@link #forward}, and keeps what {@link #backward} needs.
     *
     * @param group mini-batches between two checkpoints of the inner weights; about the root of their number if not positive.
     *     A backward holds as many inner states at a time, per thread
     */
    public InnerTrace trace(InnerWeights w, InnerBuffers state, InnerChunk chunk, float[] out, int group) {
        List<List<Segment>> segments = cut(w, state, chunk, out);
        InnerTrace trace = new InnerTrace(w, chunk, state.copy(), segments, segmentsPerGroup(segments, group));
        state.prepare(segments);
        eachLane(segments, (scratch, b, h) -> {
            InnerLane lane = scratch.lane;
            lane.begin(w, state, b, h);
            float[][] checkpoints = trace.checkpoints(b, h);
            for (int i = 0; i < segments.get(b).size(); i++) {
                Segment s = segments.get(b).get(i);
                if (i > 0 && i % trace.group() == 0) {
                    checkpoints[i / trace.group()] = saved(lane, s, null);
                }
                lane.forward(s, chunk, out);
            }
            lane.end(state, segments.get(b));
            clearPadding(out, chunk, b, h);
        });
        settle(state, segments);
        return trace;
    }

    /**
     * The gradient of a traced forward, through time, nothing reading the state after the chunk. What earlier chunks left in
     * the state counts as constant; the learned start weights get the gradient from sequences that began with the chunk.
     *
     * @param dOut [B, L, C] gradient at out; padding is not read
     */
    public void backward(InnerTrace trace, float[] dOut, InnerGradients gradients) {
        InnerChunk chunk = trace.chunk();
        gradients.check(shape, chunk.batch() * chunk.columns());
        FastWeights.requireLength("dOut", dOut, chunk.batch() * chunk.columns() * shape.channels());
        int d = shape.headSize();
        int weightsAt = 2 * d + shape.miniBatch();
        float[][] lanes = new float[chunk.batch() * shape.heads()][];
        eachLane(trace.segments(), (scratch, b, h) -> {
            InnerLane lane = scratch.lane;
            lane.beginCopy(trace.weights(), trace.start(), b, h);
            lane.beginBackward();
            backward(scratch, trace, b, h, dOut, gradients);
            float[] sums = new float[weightsAt + shape.laneFloats()];
            lane.endBackward(sums, 0);
            lanes[trace.start().lane(b, h)] = sums;
            clearPadding(gradients.q(), chunk, b, h);
            clearPadding(gradients.k(), chunk, b, h);
            clearPadding(gradients.v(), chunk, b, h);
            clearRatePadding(gradients.rate(), chunk, b, h);
        });
        for (int b = 0; b < chunk.batch(); b++) {
            for (int h = 0; h < shape.heads(); h++) {
                float[] sums = lanes[trace.start().lane(b, h)];
                add(gradients.gamma(), h * d, sums, 0, d);
                add(gradients.beta(), h * d, sums, d, d);
                add(gradients.a(), 0, sums, 2 * d, shape.miniBatch());
                if (chunk.position()[b] == 0) {
                    gradients.start().add(shape, h, sums, weightsAt);
                }
            }
        }
    }

    /** Goes back group by group: runs a group's keys again to have the state at each of its segments, then back through it. */
    private void backward(Scratch scratch, InnerTrace trace, int b, int h, float[] dOut, InnerGradients gradients) {
        InnerLane lane = scratch.lane;
        List<Segment> segments = trace.segments(b);
        float[][] checkpoints = trace.checkpoints(b, h);
        for (int g = checkpoints.length - 1; g >= 0; g--) {
            int from = g * trace.group();
            int to = Math.min(from + trace.group(), segments.size());
            float[][] states = scratch.states(to - from);
            resume(lane, trace, b, h, segments.get(from), checkpoints[g]);
            for (int i = from; i + 1 < to; i++) {
                lane.forward(segments.get(i), trace.chunk(), null);
                states[i + 1 - from] = saved(lane, segments.get(i + 1), states[i + 1 - from]);
            }
            for (int i = to - 1; i >= from; i--) {
                resume(lane, trace, b, h, segments.get(i), i == from ? checkpoints[g] : states[i - from]);
                lane.backward(segments.get(i), trace.chunk(), dOut, gradients);
            }
        }
    }

    /** Brings the lane to where the segment begins; the first one begins where the chunk did. */
    private static void resume(InnerLane lane, InnerTrace trace, int b, int h, Segment s, float[] state) {
        if (s.first() == 0) {
            lane.beginCopy(trace.weights(), trace.start(), b, h);
        } else {
            lane.restore(state, 0, s.summed());
        }
    }

    /** The lane's state before the next segment, in the array given if that is large enough. */
    private static float[] saved(InnerLane lane, Segment next, float[] room) {
        int n = lane.savedFloats(next.summed());
        float[] state = room != null && room.length >= n ? room : new float[n];
        lane.save(state, 0, next.summed());
        return state;
    }

    /** What one thread needs at a time; kept for the next call. */
    private static final class Scratch {
        private final InnerLane lane;
        private float read; // of what was brought near
        private float[][] states = {}; // inner states within a group of segments

        Scratch(InnerLane lane) {
            this.lane = lane;
        }

        float[][] states(int count) {
            if (states.length < count) {
                states = Arrays.copyOf(states, count);
            }
            return states;
        }
    }

    /** Gives back scratch off the heap; no call may be in progress. */
    @Override
    public void close() {
        for (Scratch scratch = idle.pollFirst(); scratch != null; scratch = idle.pollFirst()) {
            scratch.lane.close();
        }
    }

    private interface LaneTask {
        void run(Scratch scratch, int sequence, int head);
    }

    private void eachLane(List<List<Segment>> segments, LaneTask task) {
        int lanes = segments.size() * shape.heads();
        int perTask = lanesPerTask(segments);
        workers.run((lanes + perTask - 1) / perTask, i -> {
            Scratch scratch = idle.pollFirst();
            if (scratch == null) {
                scratch = new Scratch(kernel.lane(shape));
            }
            for (int l = i * perTask; l < Math.min(lanes, (i + 1) * perTask); l++) {
                task.run(scratch, l / shape.heads(), l % shape.heads());
            }
            idle.addFirst(scratch);
        });
    }

    private int lanesPerTask(List<List<Segment>> segments) {
        long tokens = 0;
        for (List<Segment> sequence : segments) {
            for (Segment s : sequence) {
                tokens += s.rows();
            }
        }
        long perLane = Math.max(1, tokens * 4 * shape.laneFloats() / Math.max(1, segments.size()));
        return (int) Math.max(1, Math.min(shape.heads(), TASK_SIZE / perLane));
    }

    private List<List<Segment>> cut(InnerWeights w, InnerBuffers state, InnerChunk chunk, float[] out) {
        if (!state.shape().equals(shape)) {
            throw TttException.mismatch("inner state", shape, state.shape());
        }
        w.check(shape);
        chunk.check(shape);
        state.check(chunk.position());
        FastWeights.requireLength("out", out, chunk.batch() * chunk.columns() * shape.channels());
        List<List<Segment>> segments = new ArrayList<>();
        for (int b = 0; b < chunk.batch(); b++) {
            segments.add(
                    Segment.cut(shape, chunk.position()[b], chunk.length()[b], state.rowCount(b), state.summed(b)));
        }
        return segments;
    }

    private int segmentsPerGroup(List<List<Segment>> segments, int group) {
        int most = 1;
        for (List<Segment> sequence : segments) {
            most = Math.max(most, sequence.size());
        }
        int perMiniBatch = (shape.miniBatch() + shape.rowLimit() - 1) / shape.rowLimit();
        return group > 0 ? Math.multiplyExact(group, perMiniBatch) : (int) Math.ceil(Math.sqrt(most));
    }

    private static void settle(InnerBuffers state, List<List<Segment>> segments) {
        for (int b = 0; b < segments.size(); b++) {
            state.settle(b, segments.get(b));
        }
    }

    private void clearPadding(float[] x, InnerChunk chunk, int b, int h) {
        for (int t = chunk.length()[b]; t < chunk.columns(); t++) {
            int at = (b * chunk.columns() + t) * shape.channels() + h * shape.headSize();
            Arrays.fill(x, at, at + shape.headSize(), 0);
        }
    }

    private void clearRatePadding(float[] x, InnerChunk chunk, int b, int h) {
        for (int t = chunk.length()[b]; t < chunk.columns(); t++) {
            x[(b * chunk.columns() + t) * shape.heads() + h] = 0;
        }
    }

    private static void add(float[] to, int at, float[] from, int first, int n) {
        for (int i = 0; i < n; i++) {
            to[at + i] += from[first + i];
        }
    }
}
