package org.ttt4j.rows;

import static org.ttt4j.rows.Lanes.LENGTH;
import static org.ttt4j.rows.Lanes.load;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;

/** {@link LinearRows} by the Vector API. */
final class VectorLinearRows implements LinearRows {

    @Override
    public void add(float[] x, float[] y, float[] sum, int from, int to) {
        int i = from;
        for (; i + LENGTH <= to; i += LENGTH) {
            load(x, i).add(load(y, i)).intoArray(sum, i);
        }
        for (; i < to; i++) {
            sum[i] = x[i] + y[i];
        }
    }

    @Override
    public void addTo(float[] x, int xAt, float[] y, int yAt, int n) {
        VectorSums.add(x, xAt, y, yAt, n);
    }

    @Override
    public void columnSums(float[] x, int from, int to, float[] sums) {
        int n = sums.length;
        int r = from;
        for (; r + 4 <= to; r += 4) {
            addFour(x, r * n, sums, n);
        }
        for (; r < to; r++) {
            VectorSums.add(x, r * n, sums, 0, n);
        }
    }

    private static void addFour(float[] x, int at, float[] sums, int n) {
        int b = at + n;
        int c = b + n;
        int d = c + n;
        int i = 0;
        for (; i + LENGTH <= n; i += LENGTH) {
            load(sums, i)
                    .add(load(x, at + i))
                    .add(load(x, b + i))
                    .add(load(x, c + i))
                    .add(load(x, d + i))
                    .intoArray(sums, i);
        }
        for (; i < n; i++) {
            sums[i] = sums[i] + x[at + i] + x[b + i] + x[c + i] + x[d + i];
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
        for (int head = 0; head < heads; head++) {
            turn(cos, sin, tableAt, direction, x, y, at + head * headSize, headSize);
        }
    }

    private static void turn(
            float[] cos, float[] sin, int tableAt, float direction, float[] x, float[] y, int at, int n) {
        int i = 0;
        for (; i + LENGTH <= n; i += LENGTH) {
            FloatVector v = load(x, at + i);
            FloatVector s = load(sin, tableAt + i).mul(direction);
            swapped(v).fma(s, v.mul(load(cos, tableAt + i))).intoArray(y, at + i);
        }
        for (; i < n; i += 2) {
            float a = x[at + i];
            float b = x[at + i + 1];
            y[at + i] = Math.fma(b, sin[tableAt + i] * direction, a * cos[tableAt + i]);
            y[at + i + 1] = Math.fma(a, sin[tableAt + i + 1] * direction, b * cos[tableAt + i + 1]);
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
        for (int head = 0; head < heads; head++) {
            turnHalves(cos, sin, tableAt, direction, x, y, at + head * headSize, headSize / 2);
        }
    }

    private static void turnHalves(
            float[] cos, float[] sin, int tableAt, float direction, float[] x, float[] y, int at, int half) {
        int i = 0;
        for (; i + LENGTH <= half; i += LENGTH) {
            FloatVector a = load(x, at + i);
            FloatVector b = load(x, at + half + i);
            FloatVector c = load(cos, tableAt + i);
            FloatVector s = load(sin, tableAt + i).mul(direction);
            a.mul(c).sub(b.mul(s)).intoArray(y, at + i);
            a.fma(s, b.mul(c)).intoArray(y, at + half + i);
        }
        for (; i < half; i++) {
            float a = x[at + i];
            float b = x[at + half + i];
            float s = sin[tableAt + i] * direction;
            y[at + i] = a * cos[tableAt + i] - b * s;
            y[at + half + i] = Math.fma(a, s, b * cos[tableAt + i]);
        }
    }

    /** Neighbours change places: shifts of 64 bits cost less than a shuffle. */
    private static FloatVector swapped(FloatVector x) {
        LongVector pairs = x.reinterpretAsLongs();
        return pairs.lanewise(VectorOperators.LSHL, 32)
                .or(pairs.lanewise(VectorOperators.LSHR, 32))
                .reinterpretAsFloats();
    }
}
