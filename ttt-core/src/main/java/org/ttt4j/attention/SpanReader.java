package org.ttt4j.attention;

import static org.ttt4j.attention.AttentionShape.BLOCK;
import static org.ttt4j.attention.AttentionShape.SPAN;

import java.util.Arrays;

/**
 * A few queries of each of several lanes and the keys of a span of each, with a thread's scratch. First come all scores, then
 * all weights, then all sums over values, so that nothing is waited for while memory is read; and one query each of
 * {@link #STREAMS} lanes are answered side by side, because hardware reads ahead in several streams at once.
 */
final class SpanReader {

    /** The most lanes. */
    static final int STREAMS = 4;

    /** The most queries of a lane. */
    static final int ROWS = 4;

    private final AttentionShape shape;
    private final AttentionKernel kernel;
    private final int apart; // floats between the scores of two lanes
    private final float[] q; // [STREAMS, D]
    private final float[] zero = new float[BLOCK];
    private final float[] scores; // [STREAMS, SPAN, rows, BLOCK]
    private final float[] out; // [STREAMS, width]
    private final float[][][] blocks = new float[STREAMS][][];
    private final QueryTile[] tiles = new QueryTile[STREAMS];
    private final PartialSums[] sums = new PartialSums[STREAMS];
    private final int[] first = new int[STREAMS]; // block of the span
    private final int[] count = new int[STREAMS]; // blocks of the span
    private int lanes;

    SpanReader(AttentionShape shape, boolean vectorised) {
        this.shape = shape;
        kernel = AttentionKernel.of(vectorised, shape);
        apart = SPAN * ROWS * BLOCK;
        q = new float[STREAMS * shape.headSize()];
        scores = new float[STREAMS * apart];
        out = new float[STREAMS * shape.width()];
    }

    /** Adds a lane. */
    void add(QueryTile tile, float[][] laneBlocks, int span, PartialSums to) {
        tiles[lanes] = tile;
        blocks[lanes] = laneBlocks;
        first[lanes] = span * SPAN;
        count[lanes] = Math.min(SPAN, KeyValueBlocks.blocks(tile.keys()) - span * SPAN);
        sums[lanes] = to;
        lanes++;
    }

    /** Reads, and is empty afterwards. */
    void read() {
        int common = lanes == STREAMS && tiles[0].rows() == 1 && kernel.readsSideBySide(shape) ? common() : 0;
        score(common);
        boolean calm = true;
        int[] weighed = new int[lanes];
        for (int lane = 0; lane < lanes; lane++) {
            sums[lane].clear(tiles[lane].rows());
            weighed[lane] = weigh(lane);
            calm &= weighed[lane] == count[lane];
        }
        int added = calm ? addSideBySide(common) : 0;
        for (int lane = 0; lane < lanes; lane++) {
            addAlone(lane, added, weighed[lane]);
            tiles[lane] = null;
            blocks[lane] = null;
            sums[lane] = null;
        }
        lanes = 0;
    }

    /** Blocks that every lane has, and whose keys are all there. */
    private int common() {
        int common = SPAN;
        for (int lane = 0; lane < lanes; lane++) {
            common = Math.min(common, tiles[lane].keys() / BLOCK - first[lane]);
        }
        return common;
    }

    private int scores(int lane, int block) {
        return lane * apart + block * tiles[lane].rows() * BLOCK;
    }

    private void score(int common) {
        int size = shape.headSize();
        if (common > 0) {
            for (int lane = 0; lane < lanes; lane++) {
                System.arraycopy(tiles[lane].q(), 0, q, lane * size, size);
            }
            kernel.scores(scores, apart, q, size, blocks, first, common);
        }
        for (int lane = 0; lane < lanes; lane++) {
            for (int i = common; i < count[lane]; i++) {
                QueryTile tile = tiles[lane];
                float[] block = blocks[lane][first[lane] + i];
                int at = scores(lane, i);
                kernel.product(
                        scores, at, BLOCK, zero, 0, 0, tile.q(), 0, size, 1, block, 0, BLOCK, tile.rows(), size, BLOCK);
                tile.hide(scores, at, (first[lane] + i) * BLOCK);
            }
        }
    }

    /** Weighs blocks from the first on, until one would raise a maximum and so scale the sums over values; returns how many. */
    private int weigh(int lane) {
        int rows = tiles[lane].rows();
        int i = 0;
        while (i < count[lane] && (i == 0 || !kernel.exceeds(scores, scores(lane, i), rows, sums[lane].max()))) {
            kernel.weigh(scores, scores(lane, i), rows, sums[lane], shape.width());
            i++;
        }
        return i;
    }

    private int addSideBySide(int common) {
        if (common > 0) {
            Arrays.fill(out, 0);
            kernel.values(out, shape, scores, apart, blocks, first, common);
            for (int lane = 0; lane < lanes; lane++) {
                System.arraycopy(out, lane * shape.width(), sums[lane].out(), 0, shape.width());
            }
        }
        return common;
    }

    private void addAlone(int lane, int from, int weighed) {
        QueryTile tile = tiles[lane];
        for (int i = from; i < count[lane]; i++) {
            int number = first[lane] + i;
            if (i >= weighed) {
                kernel.weigh(scores, scores(lane, i), tile.rows(), sums[lane], shape.width());
            }
            tile.addValues(blocks[lane][number], number, scores, scores(lane, i), sums[lane]);
        }
    }
}
