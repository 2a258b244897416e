package org.ttt4j.rows;

/** {@link LinearRows} in plain Java. C2 makes vector code only where all indices are the same. */
final class PlainLinearRows implements LinearRows {

    @Override
    public void add(float[] x, float[] y, float[] sum, int from, int to) {
        for (int i = from; i < to; i++) {
            sum[i] = x[i] + y[i];
        }
    }

    @Override
    public void addTo(float[] x, int xAt, float[] y, int yAt, int n) {
        for (int i = 0; i < n; i++) {
            y[yAt + i] += x[xAt + i];
        }
    }

    @Override
    public void columnSums(float[] x, int from, int to, float[] sums) {
        float[] row = new float[sums.length];
        for (int r = from; r < to; r++) {
            System.arraycopy(x, r * row.length, row, 0, row.length);
            add(sums, row, sums, 0, row.length);
        }
    }

    @Override
    public void turn(
            float[] cos,
            float[] sin,
            int tableAt,
            float direction,
            float[] x,
            float[] y,
            int at,
            int heads,
            int headSize) {
        for (int head = at; head < at + heads * headSize; head += headSize) {
            for (int i = 0; i < headSize; i += 2) {
                float a = x[head + i];
                float b = x[head + i + 1];
                y[head + i] = a * cos[tableAt + i] + b * (direction * sin[tableAt + i]);
                y[head + i + 1] = a * (direction * sin[tableAt + i + 1]) + b * cos[tableAt + i + 1];
            }
        }
    }

    @Override
    public void turnHalves(
            float[] cos,
            float[] sin,
            int tableAt,
            float direction,
            float[] x,
            float[] y,
            int at,
            int heads,
            int headSize) {
        int half = headSize / 2;
        for (int head = at; head < at + heads * headSize; head += headSize) {
            for (int i = 0; i < half; i++) {
                float a = x[head + i];
                float b = x[head + half + i];
                float s = direction * sin[tableAt + i];
                y[head + i] = a * cos[tableAt + i] - b * s;
                y[head + half + i] = b * cos[tableAt + i] + a * s;
            }
        }
    }
}
