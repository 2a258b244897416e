package org.ttt4j.matrix;

import org.ttt4j.kernel.Nearer;
import org.ttt4j.kernel.VectorTranspose;

/** Panels of float32. */
final class FloatPanels extends PanelMatrix {

    private final float[] data;

    FloatPanels(int outputs, int inputs) {
        super(outputs, inputs);
        data = new float[size()];
    }

    @Override
    public WeightType type() {
        return WeightType.FLOAT32;
    }

    @Override
    public long bytes() {
        return (long) Float.BYTES * data.length;
    }

    @Override
    public void pack(int panel, float[] values, int at) {
        VectorTranspose.transpose(data, offset(panel), width(panel), 1, values, at, inputs(), columns(panel), inputs());
    }

    @Override
    public void read(int output, float[] to, int at) {
        int panel = output / PANEL;
        int width = width(panel);
        int from = offset(panel) + output % PANEL;
        for (int i = 0; i < inputs(); i++) {
            to[at + i] = data[from + i * width];
        }
    }

    @Override
    public void read(int panel, int first, int n, float[] to, int at, int stride) {
        int width = width(panel);
        int from = offset(panel) + first * width;
        to[at] = Nearer.stream(data, from, n * width); // written over; transposing waits for a few lines at a time
        VectorTranspose.transpose(to, at, stride, 1, data, from, width, n, columns(panel));
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
            VectorFloat.product(Y, y, I, i, X, x, data, w, width, depth);
        } else {
            VectorPanelProduct.product(Y, y, ly, I, i, li, X, x, inputs(), data, w, width, rows, depth, width);
        }
    }

    @Override
    void addPair(int one, int other, float[] X, int x, float[] Y, int y1, int y2) {
        VectorFloat.pair(Y, y1, y2, X, x, data, offset(one), offset(other), inputs());
    }

    @Override
    int pieceValues() {
        return PIECE / Float.BYTES;
    }

    @Override
    int touch(int one, int other, int n) {
        float seen = 0;
        for (int i = 0; i < n; i += 16) {
            seen += data[one + i] + data[other + i];
        }
        return Float.floatToRawIntBits(seen);
    }
}
