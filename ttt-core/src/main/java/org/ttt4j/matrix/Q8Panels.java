package org.ttt4j.matrix;

/** Panels of {@link WeightType#Q8_0}: bytes, and for every block of inputs a scale per output. */
final class Q8Panels extends PanelMatrix {

    private static final int BLOCK = WeightType.BLOCK;

    private final byte[] data;
    private final float[] scales; // per panel [blocks, width]

    Q8Panels(int outputs, int inputs) {
        super(outputs, inputs);
        data = new byte[size() + VectorQ8.SLACK];
        scales = new float[size() / inputs * blocks()];
    }

    private int blocks() {
        return (inputs() + BLOCK - 1) / BLOCK;
    }

    /** Where a panel's scales begin. */
    private int scaleOffset(int panel) {
        return panel * PANEL * blocks();
    }

    @Override
    public WeightType type() {
        return WeightType.Q8_0;
    }

    @Override
    public long bytes() {
        return (long) data.length + (long) Float.BYTES * scales.length;
    }

    @Override
    public void pack(int panel, float[] values, int at) {
        int width = width(panel);
        for (int column = 0; column < columns(panel); column++) {
            int from = at + column * inputs();
            int to = offset(panel) + column;
            for (int block = 0; block < blocks(); block++) {
                int first = block * BLOCK;
                int n = Math.min(BLOCK, inputs() - first);
                float scale = Q8.scale(values, from + first, n);
                scales[scaleOffset(panel) + block * width + column] = scale;
                for (int i = first; i < first + n; i++) {
                    data[to + i * width] = Q8.quantise(values[from + i], scale);
                }
            }
        }
    }

    @Override
    public void pack(int panel, byte[] q, float[] from) {
        int width = width(panel);
        for (int column = 0; column < columns(panel); column++) {
            int to = offset(panel) + column;
            for (int block = 0; block < blocks(); block++) {
                scales[scaleOffset(panel) + block * width + column] = from[column * blocks() + block];
            }
            for (int i = 0; i < inputs(); i++) {
                data[to + i * width] = q[column * inputs() + i];
            }
        }
    }

    @Override
    public void read(int output, float[] to, int at) {
        int panel = output / PANEL;
        int width = width(panel);
        int from = offset(panel) + output % PANEL;
        int scale = scaleOffset(panel) + output % PANEL;
        for (int i = 0; i < inputs(); i++) {
            to[at + i] = data[from + i * width] * scales[scale + i / BLOCK * width];
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
        int scale = scaleOffset(panel) + first / BLOCK * width;
        if (rows == 1) {
            VectorQ8.product(Y, y, I, i, X, x, data, w, scales, scale, width, depth);
            return;
        }
        if (rows <= FEW_ROWS) {
            VectorQ8.eightRows(Y, y, ly, I, i, li, X, x, inputs(), data, w, scales, scale, width, rows, depth);
            return;
        }
        float[] wide = scratch.chunk(depth * width);
        VectorQ8.widen(data, w, scales, scale, wide, width, depth);
        VectorPanelProduct.product(Y, y, ly, I, i, li, X, x, inputs(), wide, 0, width, rows, depth, width);
    }

    @Override
    void addPair(int one, int other, float[] X, int x, float[] Y, int y1, int y2) {
        VectorQ8Pairs.pair(
                Y,
                y1,
                y2,
                X,
                x,
                data,
                offset(one),
                offset(other),
                scales,
                scaleOffset(one),
                scaleOffset(other),
                inputs());
    }

    @Override
    int pieceValues() {
        return PIECE;
    }

    @Override
    int touch(int one, int other, int n) {
        int seen = 0;
        for (int i = 0; i < n; i += 64) {
            seen += data[one + i] + data[other + i];
        }
        float scale = 0;
        for (int i = 0; i < n / BLOCK; i += 16) {
            scale += scales[one / BLOCK + i] + scales[other / BLOCK + i];
        }
        return seen + Float.floatToRawIntBits(scale);
    }
}
