package org.ttt4j.rows;

import static org.ttt4j.rows.Lanes.LENGTH;
import static org.ttt4j.rows.Lanes.all;
import static org.ttt4j.rows.Lanes.load;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** {@link UpdateRows} by the Vector API. */
final class VectorUpdateRows implements UpdateRows {

    /** Entries that are summed in float32 before their sum joins the double: few terms for a lane. */
    private static final int PIECE = 128 * LENGTH;

    @Override
    public void adamW(float[] w, float[] g, float[] m, float[] v, AdamW step, int from, int to) {
        int end = Lanes.whole(from, to);
        adamWVectors(w, g, m, v, step, from, end);
        if (end < to) {
            float[] wEnd = Lanes.rest(w, end);
            float[] mEnd = Lanes.rest(m, end);
            float[] vEnd = Lanes.rest(v, end);
            adamWVectors(wEnd, Lanes.rest(g, end), mEnd, vEnd, step, 0, LENGTH);
            System.arraycopy(wEnd, 0, w, end, to - end);
            System.arraycopy(mEnd, 0, m, end, to - end);
            System.arraycopy(vEnd, 0, v, end, to - end);
        }
    }

    private static void adamWVectors(float[] w, float[] g, float[] m, float[] v, AdamW step, int from, int to) {
        for (int i = from; i < to; i += LENGTH) {
            FloatVector gradient = load(g, i).mul(step.scale());
            FloatVector first = gradient.fma(all(step.rest1()), load(m, i).mul(step.beta1()));
            FloatVector second =
                    gradient.mul(gradient).fma(all(step.rest2()), load(v, i).mul(step.beta2()));
            first.intoArray(m, i);
            second.intoArray(v, i);
            FloatVector root = second.lanewise(VectorOperators.SQRT).fma(all(step.rootScale()), all(step.epsilon()));
            load(w, i).mul(step.keep()).sub(first.mul(step.rate()).div(root)).intoArray(w, i);
        }
    }

    @Override
    public double squaredNorm(float[] x, int from, int to) {
        double sum = 0;
        for (int at = from; at < to; at += PIECE) {
            sum += VectorSums.squares(x, at, Math.min(PIECE, to - at), 0);
        }
        return sum;
    }
}
