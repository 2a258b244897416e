package org.ttt4j.rows;

import static org.ttt4j.rows.Lanes.LENGTH;
import static org.ttt4j.rows.Lanes.all;
import static org.ttt4j.rows.Lanes.load;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** {@link SoftmaxRows} by the Vector API. */
final class VectorSoftmaxRows implements SoftmaxRows {

    /** Entries that are summed in float32 before their sum joins the double: few terms for a lane. */
    private static final int PIECE = 32 * LENGTH;

    @Override
    public float max(float[] x, int at, int n) {
        FloatVector a = all(Float.NEGATIVE_INFINITY);
        FloatVector b = a;
        FloatVector c = a;
        FloatVector d = a;
        int i = 0;
        for (; i + 4 * LENGTH <= n; i += 4 * LENGTH) {
            a = a.max(load(x, at + i));
            b = b.max(load(x, at + i + LENGTH));
            c = c.max(load(x, at + i + 2 * LENGTH));
            d = d.max(load(x, at + i + 3 * LENGTH));
        }
        for (; i + LENGTH <= n; i += LENGTH) {
            a = a.max(load(x, at + i));
        }
        float max = a.max(b).max(c.max(d)).reduceLanes(VectorOperators.MAX);
        for (; i < n; i++) {
            max = Math.max(max, x[at + i]);
        }
        return max;
    }

    @Override
    public double sumExp(float[] x, int at, int n, float max) {
        double sum = 0;
        int whole = at + n - n % LENGTH;
        for (int from = at; from < whole; from += PIECE) {
            sum += pieceSum(x, from, Math.min(whole, from + PIECE), max);
        }
        if (n % LENGTH > 0) {
            float[] end = rest(x, whole, at + n);
            sum += piece(end, 0, LENGTH, max, end, 0);
        }
        return sum;
    }

    @Override
    public double exp(float[] x, int at, int n, float max, float[] y) {
        double sum = 0;
        int whole = at + n - n % LENGTH;
        for (int from = at; from < whole; from += PIECE) {
            sum += piece(x, from, Math.min(whole, from + PIECE), max, y, from);
        }
        if (n % LENGTH > 0) {
            float[] end = rest(x, whole, at + n);
            sum += piece(end, 0, LENGTH, max, end, 0);
            System.arraycopy(end, 0, y, whole, n % LENGTH);
        }
        return sum;
    }

    /** A vector's worth of x: beyond the range, what has no part in the sum. */
    private static float[] rest(float[] x, int from, int to) {
        float[] end = new float[LENGTH];
        for (int i = 0; i < LENGTH; i++) {
            end[i] = i < to - from ? x[from + i] : Float.NEGATIVE_INFINITY;
        }
        return end;
    }

    private static float pieceSum(float[] x, int from, int to, float max) {
        FloatVector sum = FloatVector.zero(Lanes.SPECIES);
        for (int i = from; i < to; i += LENGTH) {
            sum = sum.add(exp(load(x, i).sub(max)));
        }
        return Lanes.sum(sum);
    }

    private static float piece(float[] x, int from, int to, float max, float[] y, int yAt) {
        FloatVector sum = FloatVector.zero(Lanes.SPECIES);
        for (int i = from; i < to; i += LENGTH) {
            FloatVector e = exp(load(x, i).sub(max));
            e.intoArray(y, yAt + i - from);
            sum = sum.add(e);
        }
        return Lanes.sum(sum);
    }

    /** Arguments are at most 0; from below the limit, where results would be denormal, as at the limit. */
    private static FloatVector exp(FloatVector x) {
        return VectorExponential.of(x.blend(-Exponential.LIMIT, x.compare(VectorOperators.LT, -Exponential.LIMIT)));
    }

    @Override
    public void scale(float[] x, int at, int n, float factor) {
        int i = 0;
        for (; i + LENGTH <= n; i += LENGTH) {
            load(x, at + i).mul(factor).intoArray(x, at + i);
        }
        for (; i < n; i++) {
            x[at + i] *= factor;
        }
    }
}
