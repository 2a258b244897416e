package org.ttt4j.kernel;

import java.util.List;
import org.ttt4j.tensor.TttException;

/**
 * The inner model's weights of all heads of one sequence, or anything of their shape: the learned start weights, running
 * sums of gradients, outer gradients.
 *
 * @param W1 [H, D, F]
 * @param b1 [H, F]
 * @param W2 [H, F, D]; empty for the linear model
 * @param b2 [H, D]; empty for the linear model
 */
public record FastWeights(float[] W1, float[] b1, float[] W2, float[] b2) {

    /** All zero. */
    public static FastWeights zeros(InnerShape s) {
        int first = s.heads() * s.innerWidth();
        int second = s.deep() ? s.heads() * s.headSize() : 0;
        return new FastWeights(
                new float[first * s.headSize()],
                new float[first],
                new float[second * s.innerWidth()],
                new float[second]);
    }

    /** The weights in the inner model's order, without the empty ones of the linear model. */
    public List<float[]> parts() {
        return W2.length == 0 ? List.of(W1, b1) : List.of(W1, b1, W2, b2);
    }

    /** The weights in the inner model's order: {@link #parts} undone. */
    public static FastWeights of(List<float[]> parts) {
        float[] none = {};
        return parts.size() == 2
                ? new FastWeights(parts.get(0), parts.get(1), none, none)
                : new FastWeights(parts.get(0), parts.get(1), parts.get(2), parts.get(3));
    }

    /** Throws unless the arrays have the sizes of the shape. */
    void check(InnerShape s) {
        int first = s.heads() * s.innerWidth();
        int second = s.deep() ? s.heads() * s.headSize() : 0;
        requireLength("W1", W1, first * s.headSize());
        requireLength("b1", b1, first);
        requireLength("W2", W2, second * s.innerWidth());
        requireLength("b2", b2, second);
    }

    static void requireLength(String name, float[] values, int expected) {
        if (values.length != expected) {
            throw TttException.mismatch(name, expected + " values", values.length);
        }
    }

    /** Adds one head's weights, laid out W1, b1, W2, b2, to this. */
    void add(InnerShape s, int head, float[] lane, int at) {
        for (float[] part : new float[][] {W1, b1, W2, b2}) {
            int n = part.length / s.heads();
            int first = head * n;
            for (int i = 0; i < n; i++) {
                part[first + i] += lane[at + i];
            }
            at += n;
        }
    }

    /** Copies one head's weights to a lane laid out W1, b1, W2, b2. */
    void copyTo(InnerShape s, int head, float[] lane, int at) {
        for (float[] part : new float[][] {W1, b1, W2, b2}) {
            int n = part.length / s.heads();
            System.arraycopy(part, head * n, lane, at, n);
            at += n;
        }
    }
}
