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

    /** Adds one head's weights, laid out W1, b1, W2, b2 with padded rows, to this. */
    void add(InnerShape s, int head, float[] lane, int at) {
        eachRow(s, head, at, (part, first, from, n) -> {
            for (int i = 0; i < n; i++) {
                part[first + i] += lane[from + i];
            }
        });
    }

    /** Copies one head's weights to a lane laid out W1, b1, W2, b2 with padded rows. */
    void copyTo(InnerShape s, int head, float[] lane, int at) {
        eachRow(s, head, at, (part, first, to, n) -> System.arraycopy(part, first, lane, to, n));
    }

    private interface Row {
        void meet(float[] part, int first, int at, int n);
    }

    private void eachRow(InnerShape s, int head, int at, Row row) {
        int d = s.headSize();
        int f = s.innerWidth();
        int[] widths = {f, f, d, d};
        float[][] parts = {W1, b1, W2, b2};
        for (int i = 0; i < parts.length; i++) {
            int n = widths[i];
            int rows = parts[i].length / s.heads() / n;
            for (int r = 0; r < rows; r++) {
                row.meet(parts[i], (head * rows + r) * n, at, n);
                at += InnerShape.padded(n);
            }
        }
    }
}
