package org.ttt4j.matrix;

import org.ttt4j.kernel.VectorBlocks;
import org.ttt4j.tensor.Bfloat16;

/**
 * Panels of bfloat16. The outputs of two vectors are interleaved: read as integers, the lower halves are the first vector's
 * outputs and the upper halves the second's, so that a shift or a mask widens them.
 */
final class Bfloat16Panels extends PanelMatrix {

    private static final int LANES = VectorBlocks.LANES;

    private final short[] data;

    Bfloat16Panels(int outputs, int inputs) {
        super(outputs, inputs);
        data = new short[size()];
    }

    @Override
    public WeightType type() {
        return WeightType.BFLOAT16;
    }

    @Override
    public long bytes() {
        return (long) Short.BYTES * data.length;
    }

    /** Where a column of a panel stands among its input's values. */
    private static int place(int column) {
        int pair = column / (2 * LANES) * 2 * LANES;
        int inside = column - pair;
        return pair + inside % LANES * 2 + inside / LANES;
    }

    @Override
    public void pack(int panel, float[] values, int at) {
        int width = width(panel);
        for (int column = 0; column < columns(panel); column++) {
            int to = offset(panel) + place(column);
            int from = at + column * inputs();
            for (int i = 0; i < inputs(); i++) {
                data[to + i * width] = Bfloat16.of(values[from + i]);
            }
        }
    }

    @Override
    public void read(int output, float[] to, int at) {
        int panel = output / PANEL;
        int width = width(panel);
        int from = offset(panel) + place(output % PANEL);
        for (int i = 0; i < inputs(); i++) {
            to[at + i] = Bfloat16.widen(data[from + i * width]);
        }
    }

    @Override
    boolean wholeDepth(int rows) {
        return rows <= FEW_ROWS;
    }

    @Override
    void product(
            int panel,
            int first,
            int depth,
            float[] X,
            int x,
            int rows,
            float[] I,
            int i,
            int li,
            float[] Y,
            int y,
            int ly,
            PanelScratch scratch) {
        int width = width(panel);
        int w = offset(panel) + first * width;
        if (rows == 1) {
            VectorBfloat16.product(Y, y, I, i, X, x, data, w, width, depth);
            return;
        }
        if (rows <= FEW_ROWS) {
            VectorBfloat16Rows.product(Y, y, ly, I, i, li, X, x, inputs(), data, w, width, rows, depth);
            return;
        }
        float[] wide = scratch.chunk(depth * width);
        VectorBfloat16.widen(data, w, wide, depth * width);
        VectorPanelProduct.product(Y, y, ly, I, i, li, X, x, inputs(), wide, 0, width, rows, depth, width);
    }

    @Override
    void addPair(int one, int other, float[] X, int x, float[] Y, int y1, int y2) {
        VectorBfloat16.pair(Y, y1, y2, X, x, data, offset(one), offset(other), inputs());
    }

    @Override
    int pieceValues() {
        return PIECE / Short.BYTES;
    }

    @Override
    int touch(int one, int other, int n) {
        int seen = 0;
        for (int i = 0; i < n; i += 32) {
            seen += data[one + i] + data[other + i];
        }
        return seen;
    }
}
