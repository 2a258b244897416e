package org.ttt4j.attention;

import static org.ttt4j.attention.AttentionShape.BLOCK;

import java.util.Arrays;
import org.ttt4j.kernel.Workers;

/**
 * Keys and values of a batch of sequences, in blocks of {@link AttentionShape#BLOCK} tokens for every sequence and head: first
 * the keys by channel, [D, BLOCK], so that a query meets the keys of a block as lanes of vectors; then the values by token,
 * [BLOCK, width]. A block is one stream from memory. A text that grows gets further blocks; nothing is moved. Full blocks never
 * change, so that copies share them.
 */
public final class KeyValueBlocks {

    /** Floats that are not worth a second thread. */
    private static final int SMALL = 1 << 14;

    private final AttentionShape shape;
    private final float[][][] lanes; // [B · heads of keys and values][blocks, and nulls][]
    private final int[] lengths;

    public KeyValueBlocks(AttentionShape shape, int batch) {
        this(shape, new float[batch * shape.keyValueHeads()][0][], new int[batch]);
    }

    private KeyValueBlocks(AttentionShape shape, float[][][] lanes, int[] lengths) {
        this.shape = shape;
        this.lanes = lanes;
        this.lengths = lengths;
    }

    public int batch() {
        return lengths.length;
    }

    /** Tokens of a sequence. */
    public int length(int sequence) {
        return lengths[sequence];
    }

    public int[] lengths() {
        return lengths.clone();
    }

    /** The blocks of a head of a sequence, and perhaps nulls after them. */
    float[][] lane(int sequence, int head) {
        return lanes[sequence * shape.keyValueHeads() + head];
    }

    /** Takes in the next tokens of every sequence. */
    public void append(AttentionTokens tokens, Workers workers) {
        int most = 0;
        for (int b = 0; b < batch(); b++) {
            reserve(b, lengths[b] + tokens.lengths()[b]);
            most = Math.max(most, blocks(lengths[b] + tokens.lengths()[b]) - lengths[b] / BLOCK);
        }
        int touched = most;
        int tasks = lanes.length * touched;
        if ((long) tokens.longest() * shape.keyWidth() * batch() <= SMALL) {
            for (int i = 0; i < tasks; i++) {
                append(tokens, i / touched, i % touched);
            }
        } else {
            workers.run(tasks, i -> append(tokens, i / touched, i % touched));
        }
        for (int b = 0; b < batch(); b++) {
            lengths[b] += tokens.lengths()[b];
        }
    }

    /** The i-th block that the tokens touch in a lane. */
    private void append(AttentionTokens tokens, int lane, int i) {
        int b = lane / shape.keyValueHeads();
        int head = lane % shape.keyValueHeads();
        int block = lengths[b] / BLOCK + i;
        int from = Math.max(lengths[b], block * BLOCK);
        int to = Math.min(lengths[b] + tokens.lengths()[b], (block + 1) * BLOCK);
        for (int t = from; t < to; t++) {
            int at = tokens.row(b, t - lengths[b]) * shape.keyWidth() + head * shape.headSize();
            put(lane, t, tokens.k(), tokens.v(), at);
        }
    }

    private void put(int lane, int token, float[] k, float[] v, int at) {
        float[] block = lanes[lane][token / BLOCK];
        if (block == null) {
            block = new float[shape.blockFloats()];
            lanes[lane][token / BLOCK] = block;
        }
        int column = token % BLOCK;
        int size = shape.headSize();
        for (int d = 0; d < size; d++) {
            block[d * BLOCK + column] = k[at + d];
        }
        System.arraycopy(v, at, block, shape.valuesAt() + column * shape.width(), size);
    }

    private void reserve(int sequence, int tokens) {
        for (int head = 0; head < shape.keyValueHeads(); head++) {
            int lane = sequence * shape.keyValueHeads() + head;
            if (lanes[lane].length < blocks(tokens)) {
                lanes[lane] = Arrays.copyOf(lanes[lane], Math.max(blocks(tokens), 2 * lanes[lane].length));
            }
        }
    }

    static int blocks(int tokens) {
        return (int) (((long) tokens + BLOCK - 1) / BLOCK);
    }

    /** The blocks of every lane as they are now; later tokens do not change what they hold of these. */
    float[][][] snapshot() {
        float[][][] all = new float[lanes.length][][];
        for (int lane = 0; lane < all.length; lane++) {
            all[lane] = Arrays.copyOf(lanes[lane], blocks(lengths[lane / shape.keyValueHeads()]));
        }
        return all;
    }

    /** The given sequences, in that order. */
    public KeyValueBlocks select(int... sequences) {
        KeyValueBlocks chosen = new KeyValueBlocks(shape, sequences.length);
        for (int i = 0; i < sequences.length; i++) {
            int length = lengths[sequences[i]];
            chosen.lengths[i] = length;
            for (int head = 0; head < shape.keyValueHeads(); head++) {
                float[][] blocks = Arrays.copyOf(lane(sequences[i], head), blocks(length));
                if (length % BLOCK != 0) {
                    blocks[length / BLOCK] = blocks[length / BLOCK].clone();
                }
                chosen.lanes[i * shape.keyValueHeads() + head] = blocks;
            }
        }
        return chosen;
    }

    public void reset(int sequence) {
        lengths[sequence] = 0;
        Arrays.fill(
                lanes,
                sequence * shape.keyValueHeads(),
                (sequence + 1) * shape.keyValueHeads(),
                new float[0][]); // shared, but never written to: reserve replaces it
    }

    /** Bytes of all blocks. */
    public long bytes() {
        long blocks = 0;
        for (int length : lengths) {
            blocks += (long) blocks(length) * shape.keyValueHeads();
        }
        return blocks * shape.blockFloats() * Float.BYTES;
    }

    /** Writes the keys and values of a head of a sequence, [tokens, D] each, from an offset on. */
    public void read(int sequence, int head, float[] k, float[] v, int at) {
        int size = shape.headSize();
        for (int t = 0; t < lengths[sequence]; t++) {
            float[] block = lane(sequence, head)[t / BLOCK];
            int column = t % BLOCK;
            for (int d = 0; d < size; d++) {
                k[at + t * size + d] = block[d * BLOCK + column];
            }
            System.arraycopy(block, shape.valuesAt() + column * shape.width(), v, at + t * size, size);
        }
    }

    /** Adds tokens of all heads, each [heads, stride, D] from an offset on, to a sequence that is at its start. */
    public void restore(int sequence, float[] k, float[] v, int at, int stride, int tokens) {
        reserve(sequence, tokens);
        for (int head = 0; head < shape.keyValueHeads(); head++) {
            for (int t = 0; t < tokens; t++) {
                int from = at + (head * stride + t) * shape.headSize();
                put(sequence * shape.keyValueHeads() + head, t, k, v, from);
            }
        }
        lengths[sequence] = tokens;
    }
}
