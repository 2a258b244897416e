package org.ttt4j.kernel;

import java.util.List;

/** What the lanes of both inner models do alike. */
abstract class ScalarLane implements InnerLane {

    final InnerShape shape;
    final InnerHead head;
    final DualLayer first;
    final DualLayer second; // null for the linear model
    InnerHeadGradient headGradient; // these three are null until a backward
    DualLayerGradient firstGradient;
    DualLayerGradient secondGradient;
    private int sequence;
    private int headIndex;

    ScalarLane(InnerShape shape) {
        this.shape = shape;
        int rows = shape.rowLimit();
        head = new InnerHead(shape.headSize(), rows);
        first = new DualLayer(shape.headSize(), shape.innerWidth(), rows);
        second = shape.deep() ? new DualLayer(shape.innerWidth(), shape.headSize(), rows) : null;
    }

    /** The inner model at the segment's keys, and the rows X and E of each layer. */
    abstract void keys(Segment s);

    /** The inner model at the segment's queries, up to Zq of the head. */
    abstract void queries(Segment s);

    abstract void queriesBackward(Segment s);

    abstract void keysBackward(Segment s);

    /** Allocates what only the inner model itself needs for a backward. */
    abstract void prepareBackward();

    @Override
    public void begin(InnerWeights w, InnerBuffers state, int sequence, int head) {
        this.sequence = sequence;
        headIndex = head;
        this.head.begin(w, sequence, head);
        int lane = state.lane(sequence, head);
        readWeights(state.weights(), lane * shape.laneFloats());
        if (state.summed(sequence)) {
            readSums(state.sums(), lane * shape.laneFloats());
        }
        moveRows(state, 0, state.rowCount(sequence), Rows::read);
    }

    @Override
    public void forward(Segment s, InnerChunk chunk, float[] out) {
        head.read(s, chunk, shape, first.X);
        keys(s);
        if (out != null) {
            queries(s);
            head.normaliseQueries(s);
            head.output(s, chunk, shape, out);
        }
        first.finish(s, head.alpha());
        if (second != null) {
            second.finish(s, head.alpha());
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
        if (closed) {
            writeWeights(state.weights(), at);
        }
        if (segments.isEmpty()) {
            return;
        }
        Segment last = segments.get(segments.size() - 1);
        if (folded && last.summedAfter()) {
            writeSums(state.sums(), at);
        }
        if (last.end() == Segment.End.OPEN) {
            moveRows(
                    state,
                    last.stored(),
                    last.rows(),
                    (flat, to, n, x, from, rows, width) -> Rows.write(x, from, flat, to, n, rows, width));
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
            headGradient = new InnerHeadGradient(head, rows, shape.miniBatch());
            firstGradient = new DualLayerGradient(first, rows);
            secondGradient = second == null ? null : new DualLayerGradient(second, rows);
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
        head.read(s, chunk, shape, first.X);
        keys(s);
        queries(s);
        head.normaliseQueries(s);
        headGradient.output(s, chunk, shape, dOut);
        firstGradient.finish(s, head.alpha(), headGradient.da);
        if (second != null) {
            secondGradient.finish(s, head.alpha(), headGradient.da);
        }
        queriesBackward(s);
        keysBackward(s);
        headGradient.write(s, chunk, shape, firstGradient.dX, gradients);
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
        first.readWeights(from, at);
        if (second != null) {
            second.readWeights(from, at + shape.firstFloats());
        }
    }

    private void writeWeights(float[] to, int at) {
        first.writeWeights(to, at);
        if (second != null) {
            second.writeWeights(to, at + shape.firstFloats());
        }
    }

    private void readSums(float[] from, int at) {
        first.readSums(from, at);
        if (second != null) {
            second.readSums(from, at + shape.firstFloats());
        }
    }

    private void writeSums(float[] to, int at) {
        first.writeSums(to, at);
        if (second != null) {
            second.writeSums(to, at + shape.firstFloats());
        }
    }

    private interface Move {
        void rows(float[] flat, int at, int stride, float[][] x, int first, int count, int n);
    }

    /** Moves stored rows between the state and the layers' X and E. */
    private void moveRows(InnerBuffers state, int from, int count, Move move) {
        int d = shape.headSize();
        int f = shape.innerWidth();
        int limit = shape.rowLimit();
        int at = state.lane(sequence, headIndex) * shape.rowFloats();
        move.rows(state.rows(), at + from * d, d, first.X, from, count, d);
        at += limit * d;
        move.rows(state.rows(), at + from * f, f, first.E, from, count, f);
        if (second != null) {
            at += limit * f;
            move.rows(state.rows(), at + from * f, f, second.X, from, count, f);
            at += limit * f;
            move.rows(state.rows(), at + from * d, d, second.E, from, count, d);
        }
    }
}
