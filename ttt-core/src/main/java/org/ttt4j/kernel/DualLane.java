package org.ttt4j.kernel;

import java.util.List;

/** What the lanes of both inner models do alike. */
abstract class DualLane<M> implements InnerLane {

    final InnerShape shape;
    final Matrices<M> matrices;
    final RowMath<M> math;
    final InnerHead<M> head;
    final DualLayer<M> first;
    final DualLayer<M> second; // null for the linear model
    private final DualLayer<M> last;
    private final List<DualLayer<M>> layers;
    InnerHeadGradient<M> headGradient; // these three are null until a backward
    DualLayerGradient<M> firstGradient;
    DualLayerGradient<M> secondGradient;
    private int sequence;
    private int headIndex;

    DualLane(InnerShape shape, Matrices<M> matrices, RowMath<M> math) {
        this.shape = shape;
        this.matrices = matrices;
        this.math = math;
        int rows = shape.rowLimit();
        head = new InnerHead<>(matrices, math, shape);
        first = new DualLayer<>(matrices, math, shape.headSize(), shape.innerWidth(), rows);
        second = shape.deep() ? new DualLayer<>(matrices, math, shape.innerWidth(), shape.headSize(), rows) : null;
        last = second == null ? first : second;
        layers = second == null ? List.of(first) : List.of(first, second);
    }

    /** A lane for the shape's inner model. */
    static <M> InnerLane of(InnerShape shape, Matrices<M> matrices, RowMath<M> math) {
        return shape.deep() ? new MlpLane<>(shape, matrices, math) : new LinearLane<>(shape, matrices, math);
    }

    /** What a segment is run for. */
    enum Purpose {
        STATE,
        OUTPUT,
        BACKWARD
    }

    /** The inner model at the segment's keys, and the rows X and E of each layer. */
    abstract void keys(Segment s, Purpose purpose);

    /** The inner model at the segment's queries, up to the last layer's Z before its norm. */
    abstract void queries(Segment s, Purpose purpose);

    /** From the gradient at the last layer's Z for the queries to that at the errors, and what the queries add to others. */
    abstract void queriesBackward(Segment s);

    /** From the gradient at the errors to that at the first layer's inputs and at all weights. */
    abstract void keysBackward(Segment s);

    /** Allocates what only the inner model itself needs for a backward. */
    abstract void prepareBackward();

    @Override
    public void begin(InnerWeights w, InnerBuffers state, int sequence, int head) {
        int at = beginHead(w, state, sequence, head);
        for (DualLayer<M> layer : layers) {
            layer.attachWeights(state.weights(), at);
            if (state.sums() != null) {
                layer.attachSums(state.sums(), at);
            }
            at += layer.floats();
        }
    }

    @Override
    public void beginCopy(InnerWeights w, InnerBuffers state, int sequence, int head) {
        int at = beginHead(w, state, sequence, head);
        readWeights(state.weights(), at);
        if (state.summed(sequence)) {
            readSums(state.sums(), at);
        }
    }

    /** Returns where the lane's weights begin in the state. */
    private int beginHead(InnerWeights w, InnerBuffers state, int sequence, int head) {
        this.sequence = sequence;
        headIndex = head;
        this.head.begin(w, sequence, head);
        moveRows(
                state,
                0,
                state.rowCount(sequence),
                (flat, at, x, from, count, n) -> matrices.read(flat, at, n, x, from, count, n));
        return state.lane(sequence, head) * shape.laneFloats();
    }

    @Override
    public void forward(Segment s, InnerChunk chunk, float[] out) {
        Purpose purpose = out == null ? Purpose.STATE : Purpose.OUTPUT;
        head.read(s, chunk, shape, first.X);
        if (out != null) {
            readQueries(s, chunk, DualLayer.apart(s));
        }
        keys(s, purpose);
        if (out != null) {
            queries(s, purpose);
            head.output(s, chunk, shape, last, first, out);
        }
        for (DualLayer<M> layer : layers) {
            layer.finish(s, head.alpha());
        }
    }

    private void readQueries(Segment s, InnerChunk chunk, boolean apart) {
        head.readQueries(s, chunk, shape, first, apart);
        if (second != null) {
            second.setQueries(s, second.X, s.all(), apart);
        }
    }

    @Override
    public void end(InnerBuffers state, List<Segment> segments) {
        int at = state.lane(sequence, headIndex) * shape.laneFloats();
        boolean closed = false;
        boolean folded = false;
        for (Segment s : segments) {
            closed |= s.end() == Segment.End.CLOSE;
            folded |= s.end() == Segment.End.FOLD;
        }
        Segment last = segments.isEmpty() ? null : segments.get(segments.size() - 1);
        for (DualLayer<M> layer : layers) {
            if (closed) {
                layer.updateWeights(state.weights(), at);
            }
            if (folded && last.summedAfter()) {
                layer.updateSums(state.sums(), at);
            }
            layer.release();
            at += layer.floats();
        }
        if (last != null && last.end() == Segment.End.OPEN) {
            moveRows(
                    state,
                    last.stored(),
                    last.rows(),
                    (flat, to, x, from, count, n) -> matrices.write(x, from, flat, to, n, count, n));
        }
    }

    @Override
    public int savedFloats(boolean sums) {
        return sums ? 2 * shape.laneFloats() : shape.laneFloats();
    }

    @Override
    public void save(float[] to, int at, boolean sums) {
        writeWeights(to, at);
        if (sums) {
            writeSums(to, at + shape.laneFloats());
        }
    }

    @Override
    public void restore(float[] from, int at, boolean sums) {
        readWeights(from, at);
        if (sums) {
            readSums(from, at + shape.laneFloats());
        }
    }

    @Override
    public void beginBackward() {
        if (headGradient == null) {
            int rows = shape.rowLimit();
            headGradient = new InnerHeadGradient<>(head, shape);
            firstGradient = new DualLayerGradient<>(first, rows);
            secondGradient = second == null ? null : new DualLayerGradient<>(second, rows);
            prepareBackward();
        }
        headGradient.begin();
        firstGradient.begin();
        if (second != null) {
            secondGradient.begin();
        }
    }

    @Override
    public void backward(Segment s, InnerChunk chunk, float[] dOut, InnerGradients gradients) {
        last.transposed(); // for the backward; the forward's part gains by it too
        head.read(s, chunk, shape, first.X);
        readQueries(s, chunk, false);
        keys(s, Purpose.BACKWARD);
        queries(s, Purpose.BACKWARD);
        math.normalise(last.Z, s.rows(), head.sq, s.rows(), shape.headSize());
        headGradient.output(s, chunk, shape, dOut, last.Z, firstGradient.dX, lastGradient().dZ);
        firstGradient.finish(s, head.alpha(), headGradient.da);
        if (second != null) {
            secondGradient.finish(s, head.alpha(), headGradient.da);
        }
        queriesBackward(s);
        keysBackward(s);
        headGradient.write(s, chunk, shape, firstGradient.dX, gradients);
    }

    @Override
    public void close() {
        matrices.close();
    }

    private DualLayerGradient<M> lastGradient() {
        return second == null ? firstGradient : secondGradient;
    }

    @Override
    public void endBackward(float[] to, int at) {
        headGradient.write(to, at);
        int weights = at + 2 * shape.headSize() + shape.miniBatch();
        firstGradient.writeWeights(to, weights);
        if (second != null) {
            secondGradient.writeWeights(to, weights + shape.firstFloats());
        }
    }

    private void readWeights(float[] from, int at) {
        for (DualLayer<M> layer : layers) {
            layer.readWeights(from, at);
            at += layer.floats();
        }
    }

    private void writeWeights(float[] to, int at) {
        for (DualLayer<M> layer : layers) {
            layer.writeWeights(to, at);
            at += layer.floats();
        }
    }

    private void readSums(float[] from, int at) {
        for (DualLayer<M> layer : layers) {
            layer.readSums(from, at);
            at += layer.floats();
        }
    }

    private void writeSums(float[] to, int at) {
        for (DualLayer<M> layer : layers) {
            layer.writeSums(to, at);
            at += layer.floats();
        }
    }

    private interface Move<M> {
        void rows(float[] flat, int at, M x, int first, int count, int n);
    }

    /** Moves stored rows between the state and the layers' X and E. */
    private void moveRows(InnerBuffers state, int from, int count, Move<M> move) {
        int d = shape.headSize();
        int f = shape.innerWidth();
        int limit = shape.rowLimit();
        int at = state.lane(sequence, headIndex) * shape.rowFloats();
        move.rows(state.rows(), at + from * d, first.X, from, count, d);
        at += limit * d;
        move.rows(state.rows(), at + from * f, first.E, from, count, f);
        if (second != null) {
            at += limit * f;
            move.rows(state.rows(), at + from * f, second.X, from, count, f);
            at += limit * f;
            move.rows(state.rows(), at + from * d, second.E, from, count, d);
        }
    }
}
