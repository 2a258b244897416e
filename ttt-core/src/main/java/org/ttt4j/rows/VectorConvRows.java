package org.ttt4j.rows;

import static org.ttt4j.rows.Lanes.LENGTH;
import static org.ttt4j.rows.Lanes.load;

import jdk.incubator.vector.FloatVector;

/**
 * {@link ConvRows} by the Vector API. The usual four taps stay in registers while four rows pass; other widths go tap by tap.
 * Sums are built in the same order everywhere, the ends of rows included.
 */
final class VectorConvRows implements ConvRows {

    @Override
    public void slide(
            float[] x,
            int xAt,
            float[] taps,
            int tapsAt,
            int count,
            float[] start,
            int startAt,
            int startStep,
            float[] y,
            int yAt,
            int rows,
            int n) {
        int whole = Lanes.whole(0, n);
        int r = 0;
        for (; count == 4 && r + 4 <= rows; r += 4) {
            fourRows(x, xAt + r * n, taps, tapsAt, start, startAt + r * startStep, startStep, y, yAt + r * n, whole, n);
        }
        for (; r < rows; r++) {
            row(x, xAt + r * n, taps, tapsAt, count, start, startAt + r * startStep, y, yAt + r * n, whole, n);
        }
        if (whole < n) {
            for (r = 0; r < rows; r++) {
                end(x, xAt + r * n, taps, tapsAt, count, start, startAt + r * startStep, y, yAt + r * n, whole, n);
            }
        }
    }

    private static void fourRows(
            float[] x,
            int xAt,
            float[] taps,
            int tapsAt,
            float[] start,
            int startAt,
            int startStep,
            float[] y,
            int yAt,
            int whole,
            int n) {
        for (int i = 0; i < whole; i += LENGTH) {
            FloatVector w0 = load(taps, tapsAt + i);
            FloatVector w1 = load(taps, tapsAt + n + i);
            FloatVector w2 = load(taps, tapsAt + 2 * n + i);
            FloatVector w3 = load(taps, tapsAt + 3 * n + i);
            int a = xAt + i;
            FloatVector x0 = load(x, a);
            FloatVector x1 = load(x, a + n);
            FloatVector x2 = load(x, a + 2 * n);
            FloatVector x3 = load(x, a + 3 * n);
            int s = startAt + i;
            int o = yAt + i;
            x3.fma(w3, x2.fma(w2, x1.fma(w1, x0.fma(w0, load(start, s))))).intoArray(y, o);
            x0 = load(x, a + 4 * n);
            x0.fma(w3, x3.fma(w2, x2.fma(w1, x1.fma(w0, load(start, s + startStep)))))
                    .intoArray(y, o + n);
            x1 = load(x, a + 5 * n);
            x1.fma(w3, x0.fma(w2, x3.fma(w1, x2.fma(w0, load(start, s + 2 * startStep)))))
                    .intoArray(y, o + 2 * n);
            x2 = load(x, a + 6 * n);
            x2.fma(w3, x1.fma(w2, x0.fma(w1, x3.fma(w0, load(start, s + 3 * startStep)))))
                    .intoArray(y, o + 3 * n);
        }
    }

    private static void row(
            float[] x,
            int xAt,
            float[] taps,
            int tapsAt,
            int count,
            float[] start,
            int startAt,
            float[] y,
            int yAt,
            int whole,
            int n) {
        addProducts(x, xAt, taps, tapsAt, start, startAt, y, yAt, whole);
        for (int j = 1; j < count; j++) {
            addProducts(x, xAt + j * n, taps, tapsAt + j * n, y, yAt, y, yAt, whole);
        }
    }

    /** {@code z = start + x ∘ y} in whole vectors. */
    private static void addProducts(
            float[] x, int xAt, float[] y, int yAt, float[] start, int startAt, float[] z, int zAt, int whole) {
        for (int i = 0; i < whole; i += LENGTH) {
            load(x, xAt + i).fma(load(y, yAt + i), load(start, startAt + i)).intoArray(z, zAt + i);
        }
    }

    private static void end(
            float[] x,
            int xAt,
            float[] taps,
            int tapsAt,
            int count,
            float[] start,
            int startAt,
            float[] y,
            int yAt,
            int from,
            int n) {
        for (int i = from; i < n; i++) {
            float sum = start[startAt + i];
            for (int j = 0; j < count; j++) {
                sum = Math.fma(x[xAt + j * n + i], taps[tapsAt + j * n + i], sum);
            }
            y[yAt + i] = sum;
        }
    }

    @Override
    public void correlate(
            float[] dy, int dyAt, float[] x, int xAt, int count, float[] sums, int sumsAt, int rows, int n) {
        int whole = Lanes.whole(0, n);
        int r = 0;
        for (; count == 4 && r + 4 <= rows; r += 4) {
            correlateFour(dy, dyAt + r * n, x, xAt + r * n, sums, sumsAt, whole, n);
        }
        for (; r < rows; r++) {
            for (int j = 0; j < count; j++) {
                int s = sumsAt + j * n;
                addProducts(dy, dyAt + r * n, x, xAt + (r + j) * n, sums, s, sums, s, whole);
            }
        }
        if (whole < n) {
            for (int j = 0; j < count; j++) {
                correlateEnd(dy, dyAt, x, xAt + j * n, sums, sumsAt + j * n, rows, whole, n);
            }
        }
    }

    private static void correlateFour(
            float[] dy, int dyAt, float[] x, int xAt, float[] sums, int sumsAt, int whole, int n) {
        for (int i = 0; i < whole; i += LENGTH) {
            FloatVector s0 = load(sums, sumsAt + i);
            FloatVector s1 = load(sums, sumsAt + n + i);
            FloatVector s2 = load(sums, sumsAt + 2 * n + i);
            FloatVector s3 = load(sums, sumsAt + 3 * n + i);
            int a = xAt + i;
            FloatVector x0 = load(x, a);
            FloatVector x1 = load(x, a + n);
            FloatVector x2 = load(x, a + 2 * n);
            for (int r = 0; r < 4; r++) {
                FloatVector d = load(dy, dyAt + r * n + i);
                FloatVector x3 = load(x, a + (r + 3) * n);
                s0 = d.fma(x0, s0);
                s1 = d.fma(x1, s1);
                s2 = d.fma(x2, s2);
                s3 = d.fma(x3, s3);
                x0 = x1;
                x1 = x2;
                x2 = x3;
            }
            s0.intoArray(sums, sumsAt + i);
            s1.intoArray(sums, sumsAt + n + i);
            s2.intoArray(sums, sumsAt + 2 * n + i);
            s3.intoArray(sums, sumsAt + 3 * n + i);
        }
    }

    private static void correlateEnd(
            float[] dy, int dyAt, float[] x, int xAt, float[] sums, int sumsAt, int rows, int from, int n) {
        for (int i = from; i < n; i++) {
            float sum = sums[sumsAt + i];
            for (int r = 0; r < rows; r++) {
                sum = Math.fma(dy[dyAt + r * n + i], x[xAt + r * n + i], sum);
            }
            sums[sumsAt + i] = sum;
        }
    }
}
