package org.ttt4j.kernel;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Products by the Vector API, on matrices in one array. */
final class VectorMatrices implements Matrices<FlatMatrix> {

    private static final VectorSpecies<Float> SPECIES = VectorBlocks.SPECIES;
    private static final int LANES = VectorBlocks.LANES;
    /** Lane numbers from 0. */
    private static final FloatVector IOTA = FloatVector.zero(SPECIES).addIndex(1);

    private final float[] zeros;
    private final float[] start; // a row of one value
    private final FlatMatrix scaled; // [R, D or F] rows of E times a scale
    private final FlatMatrix keys; // [D or F, R] keys or errors, transposed

    /** For segments of up to so many rows and matrices of up to n columns. */
    VectorMatrices(int rows, int n) {
        zeros = new float[InnerShape.padded(n)];
        start = new float[InnerShape.padded(rows)];
        scaled = new FlatMatrix(rows, n);
        keys = new FlatMatrix(n, rows);
    }

    @Override
    public FlatMatrix matrix(int rows, int n) {
        return new FlatMatrix(rows, n);
    }

    @Override
    public void read(float[] from, int at, int stride, FlatMatrix to, int first, int rows, int n) {
        for (int i = 0; i < rows; i++) {
            copy(from, at + i * stride, to.array(), to.row(first + i), n);
        }
    }

    @Override
    public void write(FlatMatrix from, int first, float[] to, int at, int stride, int rows, int n) {
        for (int i = 0; i < rows; i++) {
            copy(from.array(), from.row(first + i), to, at + i * stride, n);
        }
    }

    private static void copy(float[] from, int at, float[] to, int first, int n) {
        int j = 0;
        for (; j + LANES <= n; j += LANES) {
            FloatVector.fromArray(SPECIES, from, at + j).intoArray(to, first + j);
        }
        for (; j < n; j++) {
            to[first + j] = from[at + j];
        }
    }

    @Override
    public void zero(FlatMatrix X, int rows, int n) {
        Arrays.fill(X.array(), X.row(0), X.row(rows), 0);
    }

    @Override
    public void attach(FlatMatrix W, float[] values, int at, int rows, int n) {
        W.attach(values, at);
    }

    @Override
    public void update(FlatMatrix W, float[] values, int at, int rows, int n) {}

    @Override
    public void release(FlatMatrix W) {
        W.release();
    }

    @Override
    public void affine(FlatMatrix Y, FlatMatrix X, int x, FlatMatrix W, int rows, int depth, int n) {
        VectorBlocks.product(
                Y.array(),
                Y.row(0),
                Y.stride,
                W.array(),
                W.row(depth),
                0,
                X.array(),
                X.row(x),
                X.stride,
                1,
                W.array(),
                W.row(0),
                W.stride,
                rows,
                depth,
                n);
    }

    @Override
    public void add(FlatMatrix Y, int y, FlatMatrix X, int x, FlatMatrix W, int rows, int depth, int n) {
        VectorBlocks.product(
                Y.array(), Y.row(y), Y.stride, Y.array(), Y.row(y), Y.stride, X.array(), X.row(x), X.stride, 1,
                W.array(), W.row(0), W.stride, rows, depth, n);
    }

    @Override
    public void addOuter(
            FlatMatrix Y, float scale, FlatMatrix X, int x, FlatMatrix E, int e, int depth, int rows, int n) {
        FlatMatrix W = E;
        if (scale != 1) {
            scale(scaled, scale, E, e, depth, n);
            W = scaled;
            e = 0;
        }
        VectorBlocks.product(
                Y.array(), Y.row(0), Y.stride, Y.array(), Y.row(0), Y.stride, X.array(), X.row(x), 1, X.stride,
                W.array(), W.row(e), W.stride, rows, depth, n);
    }

    private static void scale(FlatMatrix Y, float c, FlatMatrix X, int x, int rows, int n) {
        for (int i = 0; i < rows; i++) {
            int from = X.row(x + i);
            int to = Y.row(i);
            for (int j = 0; j < n; j += LANES) {
                FloatVector.fromArray(SPECIES, X.array(), from + j).mul(c).intoArray(Y.array(), to + j);
            }
        }
    }

    @Override
    public void lower(FlatMatrix P, float plus, FlatMatrix X, FlatMatrix K, int stored, int rows, int n) {
        int all = stored + rows;
        Arrays.fill(start, 0, all, plus);
        transpose(keys.array(), 0, keys.stride, 1, K.array(), K.row(0), K.stride, all, n);
        VectorBlocks.product(
                P.array(),
                P.row(0),
                P.stride,
                start,
                0,
                0,
                X.array(),
                X.row(0),
                X.stride,
                1,
                keys.array(),
                0,
                keys.stride,
                rows,
                n,
                all);
        for (int t = 0; t < rows; t++) {
            clear(P.array(), P.row(t), stored + t + 1, all);
        }
    }

    /** Sets what is not below count to 0. */
    static void clear(float[] p, int at, int count, int n) {
        for (int j = count / LANES * LANES; j < n; j += LANES) {
            VectorMask<Float> beyond = IOTA.compare(VectorOperators.GE, count - j);
            FloatVector.fromArray(SPECIES, p, at + j).blend(0, beyond).intoArray(p, at + j);
        }
    }

    @Override
    public void addLower(FlatMatrix Y, FlatMatrix P, FlatMatrix E, int stored, int rows, int n) {
        for (int t = 0; t < rows; t += 4) {
            int count = Math.min(4, rows - t);
            VectorBlocks.product(
                    Y.array(),
                    Y.row(t),
                    Y.stride,
                    Y.array(),
                    Y.row(t),
                    Y.stride,
                    P.array(),
                    P.row(t),
                    P.stride,
                    1,
                    E.array(),
                    E.row(0),
                    E.stride,
                    count,
                    stored + t + count,
                    n);
        }
    }

    @Override
    public void addLowerTransposed(FlatMatrix Y, FlatMatrix P, FlatMatrix X, int stored, int rows, int n) {
        for (int s = 0; s < stored + rows; s += 4) {
            int from = Math.max(0, s - stored);
            VectorBlocks.product(
                    Y.array(),
                    Y.row(s),
                    Y.stride,
                    Y.array(),
                    Y.row(s),
                    Y.stride,
                    P.array(),
                    P.row(from) + s,
                    1,
                    P.stride,
                    X.array(),
                    X.row(from),
                    X.stride,
                    Math.min(4, stored + rows - s),
                    rows - from,
                    n);
        }
    }

    @Override
    public void transpose(FlatMatrix T, float scale, FlatMatrix W, int rows, int columns) {
        transpose(T.array(), T.row(0), T.stride, scale, W.array(), W.row(0), W.stride, rows, columns);
    }

    /** Four columns at a time: their rows of T are written from left to right. */
    static void transpose(float[] T, int t, int lt, float scale, float[] W, int w, int lw, int rows, int columns) {
        int j = 0;
        for (; j + 4 <= columns; j += 4) {
            int t0 = t + j * lt;
            int t1 = t0 + lt;
            int t2 = t1 + lt;
            int t3 = t2 + lt;
            int from = w + j;
            for (int i = 0; i < rows; i++) {
                T[t0 + i] = scale * W[from];
                T[t1 + i] = scale * W[from + 1];
                T[t2 + i] = scale * W[from + 2];
                T[t3 + i] = scale * W[from + 3];
                from += lw;
            }
        }
        for (; j < columns; j++) {
            for (int i = 0; i < rows; i++) {
                T[t + j * lt + i] = scale * W[w + i * lw + j];
            }
        }
    }

    @Override
    public void dots(FlatMatrix Y, FlatMatrix X, FlatMatrix W, int rows, int columns, int n) {
        for (int t = 0; t < rows; t++) {
            int s = 0;
            for (; s + 8 <= columns; s += 8) {
                eightDots(Y.array(), Y.row(t) + s, X.array(), X.row(t), W.array(), W.row(s), W.stride, n);
            }
            for (; s < columns; s++) {
                Y.array()[Y.row(t) + s] = dot(X.array(), X.row(t), W.array(), W.row(s), n);
            }
        }
    }

    private static float dot(float[] X, int x, float[] W, int w, int n) {
        float sum = 0;
        for (int j = 0; j < n; j++) {
            sum = Math.fma(X[x + j], W[w + j], sum);
        }
        return sum;
    }

    private static void eightDots(float[] Y, int y, float[] X, int x, float[] W, int w, int lw, int n) {
        int w1 = w + lw;
        int w2 = w1 + lw;
        int w3 = w2 + lw;
        int w4 = w3 + lw;
        int w5 = w4 + lw;
        int w6 = w5 + lw;
        int w7 = w6 + lw;
        float a = 0;
        float b = 0;
        float c = 0;
        float d = 0;
        float e = 0;
        float f = 0;
        float g = 0;
        float h = 0;
        for (int j = 0; j < n; j++) {
            float u = X[x + j];
            a = Math.fma(u, W[w + j], a);
            b = Math.fma(u, W[w1 + j], b);
            c = Math.fma(u, W[w2 + j], c);
            d = Math.fma(u, W[w3 + j], d);
            e = Math.fma(u, W[w4 + j], e);
            f = Math.fma(u, W[w5 + j], f);
            g = Math.fma(u, W[w6 + j], g);
            h = Math.fma(u, W[w7 + j], h);
        }
        Y[y] = a;
        Y[y + 1] = b;
        Y[y + 2] = c;
        Y[y + 3] = d;
        Y[y + 4] = e;
        Y[y + 5] = f;
        Y[y + 6] = g;
        Y[y + 7] = h;
    }
}
