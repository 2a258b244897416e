package org.ttt4j.kernel;

import java.util.Arrays;
import java.util.List;
import org.ttt4j.tensor.TttException;

/**
 * The inner state of a batch of sequences: per lane the weights at the last mini-batch border, the rows of the unfinished
 * mini-batch (k and E = ell delta; for the two-layer model k, E1, X2, E2) and, only where some of its rows were folded or
 * were never known, the running sums {@code G = sum k' E}.
 *
 * <p>Advanced in place by {@link FusedInnerLoop}; branched by {@link #copy} and {@link #select}. The number of tokens that a
 * sequence has seen is kept by the caller.
 */
public final class InnerBuffers {

    private static final int PIECE = 1 << 11;

    private final InnerShape shape;
    private final int[] rowCount; // [B] stored rows of the unfinished mini-batch
    private final boolean[] summed; // [B] whether the sums hold anything
    private final float[] weights; // [B, H, laneFloats]
    private final float[] rows; // [B, H, rowFloats]
    private float[] sums; // [B, H, laneFloats], null until needed

    /** A state of all-zero weights; {@link #reset} makes it the start of a sequence. */
    public InnerBuffers(InnerShape shape, int batch) {
        this(
                shape,
                new int[batch],
                new boolean[batch],
                new float[lanes(shape, batch) * shape.laneFloats()],
                new float[lanes(shape, batch) * shape.rowFloats()],
                null);
    }

    private InnerBuffers(
            InnerShape shape, int[] rowCount, boolean[] summed, float[] weights, float[] rows, float[] sums) {
        this.shape = shape;
        this.rowCount = rowCount;
        this.summed = summed;
        this.weights = weights;
        this.rows = rows;
        this.sums = sums;
    }

    public InnerShape shape() {
        return shape;
    }

    /** B. */
    public int batch() {
        return rowCount.length;
    }

    /** The number of tokens of the unfinished mini-batch that the sequence keeps as rows. */
    public int rowCount(int sequence) {
        return rowCount[sequence];
    }

    /** Whether the sequence has running sums over tokens of its unfinished mini-batch. */
    public boolean summed(int sequence) {
        return summed[sequence];
    }

    /** Memory held, in bytes. */
    public long bytes() {
        return 4L * (weights.length + (long) rows.length + (sums == null ? 0 : sums.length));
    }

    /** Puts a sequence at the start: the learned weights, an empty mini-batch. */
    public void reset(int sequence, FastWeights learned) {
        learned.check(shape);
        fill(weights, sequence, learned);
        rowCount[sequence] = 0;
        summed[sequence] = false;
    }

    /**
     * Sets a sequence to a state in which no rows are known, only sums: the form of the authors' cache.
     *
     * @param start the weights at the last mini-batch border
     * @param sum G and g over the tokens since
     */
    public void set(int sequence, FastWeights start, FastWeights sum) {
        sum.check(shape);
        reset(sequence, start);
        fill(needSums(), sequence, sum);
        summed[sequence] = true;
    }

    /**
     * Sets a sequence to a state exactly as {@link #weights(int)}, {@link #rows(int)} and {@link #folded} told it.
     *
     * @param folded null if {@link #summed} was false
     */
    public void set(int sequence, FastWeights start, StoredRows kept, FastWeights folded) {
        start.check(shape);
        kept.check(shape);
        if (folded == null) {
            reset(sequence, start);
        } else {
            set(sequence, start, folded);
        }
        moveRows(sequence, kept, Direction.IN);
        rowCount[sequence] = kept.count();
    }

    /** The weights of a sequence at its last mini-batch border. */
    public FastWeights weights(int sequence) {
        FastWeights w = FastWeights.zeros(shape);
        for (int h = 0; h < shape.heads(); h++) {
            w.add(shape, h, weights, lane(sequence, h) * shape.laneFloats());
        }
        return w;
    }

    /** The running sums of a sequence over all tokens of its unfinished mini-batch, stored rows folded in. */
    public FastWeights sums(int sequence) {
        FastWeights g = FastWeights.zeros(shape);
        float[] lane = new float[shape.laneFloats()];
        for (int h = 0; h < shape.heads(); h++) {
            int l = lane(sequence, h);
            if (summed[sequence]) {
                System.arraycopy(sums, l * lane.length, lane, 0, lane.length);
            } else {
                Arrays.fill(lane, 0);
            }
            foldRows(l, rowCount[sequence], lane);
            g.add(shape, h, lane, 0);
        }
        return g;
    }

    /** The running sums of a sequence without its stored rows; all zero if it has none. */
    public FastWeights folded(int sequence) {
        FastWeights g = FastWeights.zeros(shape);
        for (int h = 0; h < shape.heads() && summed[sequence]; h++) {
            g.add(shape, h, sums, lane(sequence, h) * shape.laneFloats());
        }
        return g;
    }

    /** The rows that a sequence keeps of its unfinished mini-batch. */
    public StoredRows rows(int sequence) {
        StoredRows kept = StoredRows.zeros(shape, rowCount[sequence]);
        moveRows(sequence, kept, Direction.OUT);
        return kept;
    }

    /** An independent copy. */
    public InnerBuffers copy() {
        return new InnerBuffers(
                shape,
                rowCount.clone(),
                summed.clone(),
                weights.clone(),
                rows.clone(),
                sums == null ? null : sums.clone());
    }

    /** A new state whose sequence i is this state's sequence {@code sequences[i]}; repetition is allowed. */
    public InnerBuffers select(int[] sequences) {
        InnerBuffers s = new InnerBuffers(shape, sequences.length);
        float[] selectedSums = sums == null ? null : s.needSums();
        for (int i = 0; i < sequences.length; i++) {
            int b = sequences[i];
            if (b < 0 || b >= batch()) {
                throw TttException.mismatch("sequences[" + i + "]", "0 .. " + (batch() - 1), b);
            }
            s.rowCount[i] = rowCount[b];
            s.summed[i] = summed[b];
            copySequence(weights, b, s.weights, i, shape.laneFloats());
            copySequence(rows, b, s.rows, i, shape.rowFloats());
            if (sums != null) {
                copySequence(sums, b, selectedSums, i, shape.laneFloats());
            }
        }
        return s;
    }

    /** Throws unless the rows and sums of each sequence fit the tokens that it has seen of its mini-batch. */
    void check(int[] position) {
        if (position.length != batch()) {
            throw TttException.mismatch("position", batch() + " sequences", position.length);
        }
        for (int b = 0; b < batch(); b++) {
            int place = position[b] % shape.miniBatch();
            boolean fits = summed[b] ? place > 0 && rowCount[b] <= place % shape.rowLimit() : rowCount[b] == place;
            if (!fits) {
                throw TttException.mismatch(
                        "inner state of sequence " + b,
                        "a state after " + position[b] + " tokens",
                        rowCount[b] + " stored rows" + (summed[b] ? " and sums" : ""));
            }
        }
    }

    /** Allocates the sums if any of these segments needs them. */
    void prepare(List<List<Segment>> segments) {
        for (List<Segment> sequence : segments) {
            for (Segment s : sequence) {
                if (s.summedAfter()) {
                    needSums();
                }
            }
        }
    }

    /** Notes what the sequence holds after these segments, when all its lanes have stored their part. */
    void settle(int sequence, List<Segment> segments) {
        if (!segments.isEmpty()) {
            Segment last = segments.get(segments.size() - 1);
            rowCount[sequence] = last.storedAfter();
            summed[sequence] = last.summedAfter();
        }
    }

    /** Pieces of some kilobytes that the weights of all lanes are read by. */
    public int pieces() {
        return weights.length / PIECE;
    }

    /** Reads a piece, so that it lies near to the core; the result means nothing. */
    public int touch(int piece) {
        return Float.floatToRawIntBits(Nearer.stream(weights, piece * PIECE, PIECE));
    }

    int lane(int sequence, int head) {
        return sequence * shape.heads() + head;
    }

    /** [B, H, laneFloats], a lane laid out W1, b1, W2, b2. */
    float[] weights() {
        return weights;
    }

    /** [B, H, rowFloats], a lane laid out K, E1, X2, E2, each with room for R rows. */
    float[] rows() {
        return rows;
    }

    /** As {@link #weights()}, or null if no sequence has any. */
    float[] sums() {
        return sums;
    }

    private float[] needSums() {
        if (sums == null) {
            sums = new float[weights.length];
        }
        return sums;
    }

    private void fill(float[] to, int sequence, FastWeights values) {
        for (int h = 0; h < shape.heads(); h++) {
            values.copyTo(shape, h, to, lane(sequence, h) * shape.laneFloats());
        }
    }

    private void foldRows(int lane, int count, float[] sum) {
        int d = shape.headSize();
        int f = shape.innerWidth();
        int limit = shape.rowLimit();
        int k = lane * shape.rowFloats();
        int e1 = k + limit * d;
        addOuter(k, d, e1, f, count, sum, 0);
        if (shape.deep()) {
            int x2 = e1 + limit * f;
            addOuter(x2, f, x2 + limit * f, d, count, sum, shape.firstFloats());
        }
    }

    /** sum[i, j] += sum over rows of x_i e_j, and one more row of sum, which is padded, for x = 1. */
    private void addOuter(int x, int n, int e, int m, int count, float[] sum, int at) {
        for (int t = 0; t < count; t++) {
            for (int i = 0; i <= n; i++) {
                float c = i < n ? rows[x + t * n + i] : 1;
                for (int j = 0; j < m; j++) {
                    sum[at + i * InnerShape.padded(m) + j] += c * rows[e + t * m + j];
                }
            }
        }
    }

    private enum Direction {
        IN,
        OUT
    }

    private void moveRows(int sequence, StoredRows kept, Direction direction) {
        int limit = shape.rowLimit();
        for (int h = 0; h < shape.heads(); h++) {
            int at = lane(sequence, h) * shape.rowFloats();
            for (float[] part : kept.parts()) {
                int room = part.length / shape.heads();
                int n = room / limit * kept.count();
                if (direction == Direction.IN) {
                    System.arraycopy(part, h * room, rows, at, n);
                } else {
                    System.arraycopy(rows, at, part, h * room, n);
                }
                at += room;
            }
        }
    }

    private void copySequence(float[] from, int b, float[] to, int i, int laneSize) {
        int n = shape.heads() * laneSize;
        System.arraycopy(from, b * n, to, i * n, n);
    }

    private static int lanes(InnerShape shape, int batch) {
        return batch * shape.heads();
    }
}
