package org.ttt4j.rows;

import static org.ttt4j.rows.Lanes.LENGTH;
import static org.ttt4j.rows.Lanes.all;
import static org.ttt4j.rows.Lanes.load;
import static org.ttt4j.rows.Lanes.rest;
import static org.ttt4j.rows.Lanes.whole;

import jdk.incubator.vector.FloatVector;

/**
 * {@link GateRows} by the Vector API. The end of a range that fills no vector goes through the same loops in arrays of one
 * vector.
 */
final class VectorGateRows implements GateRows {

    /** Keeps the sigmoid's argument far below {@link Exponential#LIMIT}, too. */
    private static final float GELU_LIMIT = PlainGateRows.GELU_LIMIT;

    // gelu is x / (1 + e^(-2u)) with u = √(2/π)(x + 0.044715 x³): -2u = x (LINEAR + CUBIC x²), 2u' = TWO_C0 + BEND x²
    private static final FloatVector LINEAR = all(-2 * PlainGateRows.GELU_C0);
    private static final FloatVector CUBIC = all(-2 * PlainGateRows.GELU_C0 * PlainGateRows.GELU_C1);
    private static final FloatVector TWO_C0 = all(2 * PlainGateRows.GELU_C0);
    private static final FloatVector BEND = all(6 * PlainGateRows.GELU_C0 * PlainGateRows.GELU_C1);

    @Override
    public void gelu(float[] gate, float[] y, float[] out, int from, int to) {
        int end = whole(from, to);
        geluVectors(gate, y, out, from, end);
        if (end < to) {
            float[] o = new float[LENGTH];
            geluVectors(rest(gate, end), rest(y, end), o, 0, LENGTH);
            System.arraycopy(o, 0, out, end, to - end);
        }
    }

    @Override
    public void geluSlope(float[] gate, float[] y, float[] dOut, float[] dGate, int from, int to) {
        int end = whole(from, to);
        geluSlopes(gate, y, dOut, dGate, from, end);
        if (end < to) {
            float[] d = new float[LENGTH];
            geluSlopes(rest(gate, end), rest(y, end), rest(dOut, end), d, 0, LENGTH);
            System.arraycopy(d, 0, dGate, end, to - end);
        }
    }

    @Override
    public void swish(float[] gate, float[] up, float[] out, int from, int to) {
        int end = whole(from, to);
        swishVectors(gate, up, out, from, end);
        if (end < to) {
            float[] o = new float[LENGTH];
            swishVectors(rest(gate, end), rest(up, end), o, 0, LENGTH);
            System.arraycopy(o, 0, out, end, to - end);
        }
    }

    @Override
    public void swishSlope(float[] gate, float[] up, float[] dOut, float[] dGate, int from, int to) {
        int end = whole(from, to);
        swishSlopes(gate, up, dOut, dGate, from, end);
        if (end < to) {
            float[] d = new float[LENGTH];
            swishSlopes(rest(gate, end), rest(up, end), rest(dOut, end), d, 0, LENGTH);
            System.arraycopy(d, 0, dGate, end, to - end);
        }
    }

    @Override
    public void sigmoid(float scale, float[] x, float[] y, int from, int to) {
        int end = whole(from, to);
        sigmoidVectors(scale, x, y, from, end);
        if (end < to) {
            float[] o = new float[LENGTH];
            sigmoidVectors(scale, rest(x, end), o, 0, LENGTH);
            System.arraycopy(o, 0, y, end, to - end);
        }
    }

    @Override
    public void sigmoidGradient(float scale, float[] y, float[] dy, float[] dx, int from, int to) {
        float minusInverse = scale == 0 ? 0 : -1 / scale;
        int end = whole(from, to);
        sigmoidBack(minusInverse, y, dy, dx, from, end);
        if (end < to) {
            float[] d = new float[LENGTH];
            sigmoidBack(minusInverse, rest(y, end), rest(dy, end), d, 0, LENGTH);
            System.arraycopy(d, 0, dx, end, to - end);
        }
    }

    private static void geluVectors(float[] gate, float[] y, float[] out, int from, int to) {
        for (int i = from; i < to; i += LENGTH) {
            FloatVector x = load(gate, i);
            FloatVector limited = VectorExponential.clamp(x, GELU_LIMIT);
            FloatVector e = geluExp(limited, limited.mul(limited));
            x.mul(load(y, i)).div(e.add(1)).intoArray(out, i);
        }
    }

    private static void geluSlopes(float[] gate, float[] y, float[] dOut, float[] dGate, int from, int to) {
        for (int i = from; i < to; i += LENGTH) {
            FloatVector x = VectorExponential.clamp(load(gate, i), GELU_LIMIT);
            FloatVector square = x.mul(x);
            FloatVector e = geluExp(x, square);
            FloatVector sigma = all(1).div(e.add(1));
            FloatVector bend = square.fma(BEND, TWO_C0).mul(x);
            FloatVector slope = e.mul(sigma).mul(sigma).fma(bend, sigma);
            slope.mul(load(y, i)).mul(load(dOut, i)).intoArray(dGate, i);
        }
    }

    private static FloatVector geluExp(FloatVector x, FloatVector square) {
        return VectorExponential.of(x.mul(square.fma(CUBIC, LINEAR)));
    }

    private static void swishVectors(float[] gate, float[] up, float[] out, int from, int to) {
        for (int i = from; i < to; i += LENGTH) {
            FloatVector x = load(gate, i);
            FloatVector e = VectorExponential.of(VectorExponential.clamp(x.neg(), Exponential.LIMIT));
            x.mul(load(up, i)).div(e.add(1)).intoArray(out, i);
        }
    }

    private static void swishSlopes(float[] gate, float[] up, float[] dOut, float[] dGate, int from, int to) {
        for (int i = from; i < to; i += LENGTH) {
            FloatVector x = VectorExponential.clamp(load(gate, i), Exponential.LIMIT);
            FloatVector e = VectorExponential.of(x.neg());
            FloatVector sigma = all(1).div(e.add(1));
            FloatVector slope = e.mul(sigma).mul(sigma).fma(x, sigma);
            slope.mul(load(up, i)).mul(load(dOut, i)).intoArray(dGate, i);
        }
    }

    /** Keeps what is not a number, which gates keep by their other factor. */
    private static void sigmoidVectors(float scale, float[] x, float[] y, int from, int to) {
        for (int i = from; i < to; i += LENGTH) {
            FloatVector e =
                    VectorExponential.of(load(x, i).neg().min(Exponential.LIMIT).max(-Exponential.LIMIT));
            all(scale).div(e.add(1)).intoArray(y, i);
        }
    }

    private static void sigmoidBack(float minusInverse, float[] y, float[] dy, float[] dx, int from, int to) {
        for (int i = from; i < to; i += LENGTH) {
            FloatVector s = load(y, i);
            s.fma(all(minusInverse), all(1)).mul(s).mul(load(dy, i)).intoArray(dx, i);
        }
    }
}
