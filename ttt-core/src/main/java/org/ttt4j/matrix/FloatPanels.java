package org.ttt4j.matrix;

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
    public void pack(int panel, float[] values) {
        int n = columns(panel);
        int width = width(panel);
        int at = offset(panel);
        int from = panel * PANEL * inputs();
        int o = 0;
        for (; o + 4 <= n; o += 4) {
            packFour(values, from + o * inputs(), at + o, width);
        }
        for (; o < n; o++) {
            for (int i = 0; i < inputs(); i++) {
                data[at + i * width + o] = values[from + o * inputs() + i];
            }
        }
    }

    private void packFour(float[] values, int row0, int at, int width) {
        int row1 = row0 + inputs();
        int row2 = row1 + inputs();
        int row3 = row2 + inputs();
        for (int i = 0; i < inputs(); i++) {
            data[at] = values[row0 + i];
            data[at + 1] = values[row1 + i];
            data[at + 2] = values[row2 + i];
            data[at + 3] = values[row3 + i];
            at += width;
        }
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
        int outputs = columns(panel);
        int width = width(panel);
        int from = offset(panel) + first * width;
        int o = 0;
        for (; o + 4 <= outputs; o += 4) {
            readFour(from + o, width, n, to, at + o * stride, stride);
        }
        for (; o < outputs; o++) {
            for (int i = 0; i < n; i++) {
                to[at + o * stride + i] = data[from + i * width + o];
            }
        }
    }

    private void readFour(int from, int width, int n, float[] to, int row0, int stride) {
        int row1 = row0 + stride;
        int row2 = row1 + stride;
        int row3 = row2 + stride;
        for (int i = 0; i < n; i++) {
            to[row0 + i] = data[from];
            to[row1 + i] = data[from + 1];
            to[row2 + i] = data[from + 2];
            to[row3 + i] = data[from + 3];
            from += width;
        }
    }

    @Override
    boolean wholeDepth(int rows) {
        return rows <= 4;
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
            VectorProduct.product(Y, y, ly, I, i, li, X, x, inputs(), 1, data, w, width, rows, depth, width);
        }
    }

    @Override
    void addPair(int one, int other, float[] X, int x, float[] Y, int y1, int y2) {
        VectorFloat.pair(Y, y1, y2, X, x, data, offset(one), offset(other), inputs());
    }
}
