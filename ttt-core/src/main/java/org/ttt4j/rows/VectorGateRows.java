package org.ttt4j.rows;

import static org.ttt4j.rows.Lanes.LENGTH;
import static org.ttt4j.rows.Lanes.all;
import static org.ttt4j.rows.Lanes.load;
import static org.ttt4j.rows.Lanes.rest;
import static org.ttt4j.rows.Lanes.whole;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * {@link GateRows} by the Vector API. The end of a range that fills no vector goes through the same loops in arrays of one
 * vector.
 */
final class VectorGateRows implements GateRows {

    /** Keeps the sigmoid's argument far below {@link Exponential#LIMIT}, too. */
    private static final float GELU_LIMIT = PlainGateRows.GELU_LIMIT;

    /** {@code gelu = x / (1 + 2^(x (LINEAR + CUBIC x²)))}. */
    private static final float LINEAR = -2 * PlainGateRows.GELU_C0 * Exponential.LOG2E;

    private static final float CUBIC = LINEAR * PlainGateRows.GELU_C1;

    /** {@code SLOPE + BEND x²} is the derivative of minus the exponent, in base e. */
    private static final float SLOPE = 2 * PlainGateRows.GELU_C0;

    private static final float BEND = 3 * SLOPE * PlainGateRows.GELU_C1;

    /** Entries that go through one loop and then the next: few enough to stay in the nearest cache. */
    private static final int PIECE = 16 * LENGTH;

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
    public void geluGradient(float[] gate, float[] y, float[] dOut, float[] dGate, float[] dy, int from, int to) {
        int end = whole(from, to);
        for (int i = from; i < end; i += PIECE) {
            int stop = Math.min(end, i + PIECE);
            geluExponential(gate, dGate, i, stop);
            geluBack(gate, y, dOut, dGate, dy, i, stop);
        }
        if (end < to) {
            float[] dG = new float[LENGTH];
            float[] d = new float[LENGTH];
            geluExponential(rest(gate, end), dG, 0, LENGTH);
            geluBack(rest(gate, end), rest(y, end), rest(dOut, end), dG, d, 0, LENGTH);
            System.arraycopy(dG, 0, dGate, end, to - end);
            System.arraycopy(d, 0, dy, end, to - end);
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
    public void swishGradient(float[] gate, float[] up, float[] dOut, float[] dGate, float[] dUp, int from, int to) {
        int end = whole(from, to);
        swishBack(gate, up, dOut, dGate, dUp, from, end);
        if (end < to) {
            float[] dG = new float[LENGTH];
            float[] d = new float[LENGTH];
            swishBack(rest(gate, end), rest(up, end), rest(dOut, end), dG, d, 0, LENGTH);
            System.arraycopy(dG, 0, dGate, end, to - end);
            System.arraycopy(d, 0, dUp, end, to - end);
        }
    }

    @Override
    public void silu(float[] x, float[] y, int from, int to) {
        int end = whole(from, to);
        siluVectors(x, y, from, end);
        if (end < to) {
            float[] o = new float[LENGTH];
            siluVectors(rest(x, end), o, 0, LENGTH);
            System.arraycopy(o, 0, y, end, to - end);
        }
    }

    @Override
    public void siluGradient(float[] x, float[] dy, float[] dx, int from, int to) {
        int end = whole(from, to);
        siluBack(x, dy, dx, from, end);
        if (end < to) {
            float[] o = new float[LENGTH];
            siluBack(rest(x, end), rest(dy, end), o, 0, LENGTH);
            System.arraycopy(o, 0, dx, end, to - end);
        }
    }

    @Override
    public void positive(float[] x, float[] y, int from, int to) {
        int end = whole(from, to);
        positiveVectors(x, y, from, end);
        if (end < to) {
            float[] o = new float[LENGTH];
            positiveVectors(rest(x, end), o, 0, LENGTH);
            System.arraycopy(o, 0, y, end, to - end);
        }
    }

    @Override
    public void positiveGradient(float[] y, float[] dy, float[] dx, int from, int to) {
        for (int i = from; i < to; i++) { // C2 makes vector code of it
            dx[i] = dy[i] * Math.min(y[i], 1);
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
        IntVector sign = VectorExponential.signBit();
        IntVector limit = VectorExponential.bits(GELU_LIMIT);
        FloatVector one = all(1);
        for (int i = from; i < to; i += LENGTH) {
            FloatVector x = load(gate, i);
            FloatVector z = VectorExponential.clamp(x, sign, limit);
            FloatVector e = VectorExponential.power(
                    z.mul(z).fma(all(CUBIC), all(LINEAR)).mul(z));
            x.mul(load(y, i)).div(e.add(one)).intoArray(out, i);
        }
    }

    /** A loop of its own: with {@link #geluBack} in one, C2 made objects of its vectors in some starts of a JVM. */
    private static void geluExponential(float[] gate, float[] exponential, int from, int to) {
        IntVector sign = VectorExponential.signBit();
        IntVector limit = VectorExponential.bits(GELU_LIMIT);
        for (int i = from; i < to; i += LENGTH) {
            FloatVector z = VectorExponential.clamp(load(gate, i), sign, limit);
            VectorExponential.power(z.mul(z).fma(all(CUBIC), all(LINEAR)).mul(z))
                    .intoArray(exponential, i);
        }
    }

    /** dGate holds the exponential, then the gradient. */
    private static void geluBack(float[] gate, float[] y, float[] dOut, float[] dGate, float[] dy, int from, int to) {
        IntVector sign = VectorExponential.signBit();
        IntVector limit = VectorExponential.bits(GELU_LIMIT);
        FloatVector one = all(1);
        for (int i = from; i < to; i += LENGTH) {
            FloatVector x = load(gate, i);
            FloatVector z = VectorExponential.clamp(x, sign, limit);
            FloatVector e = load(dGate, i);
            FloatVector sigma = one.div(e.add(one));
            FloatVector bend = z.mul(z).fma(all(BEND), all(SLOPE)).mul(z);
            FloatVector slope = e.mul(sigma).fma(bend, one);
            FloatVector d = load(dOut, i).mul(sigma);
            FloatVector dY = load(y, i).mul(d);
            x.mul(d).intoArray(dy, i);
            slope.mul(dY).intoArray(dGate, i);
        }
    }

    private static void swishVectors(float[] gate, float[] up, float[] out, int from, int to) {
        IntVector sign = VectorExponential.signBit();
        IntVector limit = VectorExponential.bits(Exponential.LIMIT);
        FloatVector one = all(1);
        for (int i = from; i < to; i += LENGTH) {
            FloatVector x = load(gate, i);
            FloatVector z = VectorExponential.clamp(x, sign, limit);
            FloatVector e = VectorExponential.power(z.mul(all(-Exponential.LOG2E)));
            x.mul(load(up, i)).div(e.add(one)).intoArray(out, i);
        }
    }

    private static void swishBack(
            float[] gate, float[] up, float[] dOut, float[] dGate, float[] dUp, int from, int to) {
        IntVector sign = VectorExponential.signBit();
        IntVector limit = VectorExponential.bits(Exponential.LIMIT);
        FloatVector one = all(1);
        for (int i = from; i < to; i += LENGTH) {
            FloatVector x = load(gate, i);
            FloatVector z = VectorExponential.clamp(x, sign, limit);
            FloatVector e = VectorExponential.power(z.mul(all(-Exponential.LOG2E)));
            FloatVector sigma = one.div(e.add(one));
            FloatVector slope = e.mul(sigma).fma(z, one);
            FloatVector d = load(dOut, i).mul(sigma);
            FloatVector dUpHere = load(up, i).mul(d);
            x.mul(d).intoArray(dUp, i);
            slope.mul(dUpHere).intoArray(dGate, i);
        }
    }

    private static void siluVectors(float[] x, float[] y, int from, int to) {
        IntVector sign = VectorExponential.signBit();
        IntVector limit = VectorExponential.bits(Exponential.LIMIT);
        FloatVector one = all(1);
        for (int i = from; i < to; i += LENGTH) {
            FloatVector v = load(x, i);
            FloatVector z = VectorExponential.clamp(v, sign, limit);
            FloatVector e = VectorExponential.power(z.mul(all(-Exponential.LOG2E)));
            v.div(e.add(one)).intoArray(y, i);
        }
    }

    private static void siluBack(float[] x, float[] dy, float[] dx, int from, int to) {
        IntVector sign = VectorExponential.signBit();
        IntVector limit = VectorExponential.bits(Exponential.LIMIT);
        FloatVector one = all(1);
        for (int i = from; i < to; i += LENGTH) {
            FloatVector z = VectorExponential.clamp(load(x, i), sign, limit);
            FloatVector e = VectorExponential.power(z.mul(all(-Exponential.LOG2E)));
            FloatVector sigma = one.div(e.add(one));
            FloatVector slope = e.mul(sigma).fma(z, one);
            load(dy, i).mul(sigma).mul(slope).intoArray(dx, i);
        }
    }

    private static void positiveVectors(float[] x, float[] y, int from, int to) {
        FloatVector none = all(0);
        for (int i = from; i < to; i += LENGTH) {
            FloatVector v = load(x, i);
            FloatVector e = VectorExponential.of(v.min(none).max(all(-Exponential.LIMIT)));
            v.max(none).add(e).intoArray(y, i);
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
