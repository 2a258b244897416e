package org.ttt4j.kernel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Products in native code, off the heap. */
final class BlasMatrices implements Matrices<TwofoldMatrix> {

    private final SmallProducts products;
    private final List<TwofoldMatrix> matrices = new ArrayList<>();
    private final TwofoldMatrix ones; // [1, rows]

    /** For up to so many rows at a time. */
    BlasMatrices(SmallProducts products, int rows) {
        this.products = products;
        ones = matrix(1, rows);
        Arrays.fill(ones.write(0, 1), 1);
    }

    @Override
    public TwofoldMatrix matrix(int rows, int n) {
        TwofoldMatrix matrix = new TwofoldMatrix(products, rows, n);
        matrices.add(matrix);
        return matrix;
    }

    @Override
    public void close() {
        matrices.forEach(TwofoldMatrix::close);
    }

    @Override
    public void read(float[] from, int at, int stride, TwofoldMatrix to, int first, int rows, int n) {
        int own = to.stride();
        float[] x = to.write(first, rows);
        if (stride == own) {
            System.arraycopy(from, at, x, first * own, (rows - 1) * own + n);
            return;
        }
        for (int i = 0; i < rows; i++) {
            System.arraycopy(from, at + i * stride, x, (first + i) * own, n);
        }
    }

    @Override
    public void write(TwofoldMatrix from, int first, float[] to, int at, int stride, int rows, int n) {
        int own = from.stride();
        if (stride == own && stride == n) {
            from.unload(to, at, first, rows);
            return;
        }
        float[] x = from.read(first, rows);
        for (int i = 0; i < rows; i++) {
            System.arraycopy(x, (first + i) * own, to, at + i * stride, n);
        }
    }

    @Override
    public void zero(TwofoldMatrix X, int x, int rows, int n) {
        Arrays.fill(X.write(x, rows), x * X.stride(), (x + rows) * X.stride(), 0);
    }

    @Override
    public void attach(TwofoldMatrix W, float[] values, int at, int rows, int n) {
        W.load(values, at, 0, rows);
    }

    @Override
    public void update(TwofoldMatrix W, float[] values, int at, int rows, int n) {
        W.unload(values, at, 0, rows);
    }

    @Override
    public void release(TwofoldMatrix W) {}

    @Override
    public void affine(TwofoldMatrix Y, int y, TwofoldMatrix X, int x, TwofoldMatrix W, int rows, int depth, int n) {
        multiply(false, false, rows, n, 1, 1, ones, 0, 1, 1, W, depth, 1, 0, Y, y);
        add(Y, y, X, x, W, rows, depth, n);
    }

    @Override
    public void product(TwofoldMatrix Y, int y, TwofoldMatrix X, int x, TwofoldMatrix W, int rows, int depth, int n) {
        linear(Y, y, X, x, W, rows, depth, n, 0);
    }

    @Override
    public void add(TwofoldMatrix Y, int y, TwofoldMatrix X, int x, TwofoldMatrix W, int rows, int depth, int n) {
        linear(Y, y, X, x, W, rows, depth, n, 1);
    }

    private void linear(
            TwofoldMatrix Y, int y, TwofoldMatrix X, int x, TwofoldMatrix W, int rows, int depth, int n, float beta) {
        TwofoldMatrix T = W.transposed();
        if (T == null) {
            multiply(false, false, rows, n, depth, 1, X, x, rows, X.stride(), W, 0, depth, beta, Y, y);
        } else {
            multiply(false, true, rows, n, depth, W.scale(), X, x, rows, X.stride(), T, 0, n, beta, Y, y);
        }
    }

    @Override
    public void productTransposed(
            TwofoldMatrix Y, int y, TwofoldMatrix X, int x, TwofoldMatrix W, int rows, int depth, int n) {
        multiply(false, true, rows, n, depth, 1, X, x, rows, X.stride(), W, 0, n, 0, Y, y);
    }

    @Override
    public void addOuter(
            TwofoldMatrix Y, float scale, TwofoldMatrix X, int x, TwofoldMatrix E, int e, int depth, int rows, int n) {
        multiply(true, false, rows, n, depth, scale, X, x, depth, X.stride(), E, e, depth, 1, Y, 0);
    }

    /** {@code y += c sum of X[x+t]}, into row i of y. */
    void addSum(TwofoldMatrix y, int i, float c, TwofoldMatrix X, int x, int rows, int n) {
        multiply(false, false, 1, n, rows, c, ones, 0, 1, rows, X, x, rows, 1, y, i);
    }

    @Override
    public void lower(
            TwofoldMatrix P, float plus, TwofoldMatrix X, int x, TwofoldMatrix K, int stored, int rows, int n) {
        int all = stored + rows;
        multiply(false, true, rows, all, n, 1, X, x, rows, X.stride(), K, 0, all, 0, P, 0);
        float[] p = P.change(0, rows);
        int stride = P.stride();
        if (plus != 0) {
            add(p, plus, rows * stride);
        }
        for (int t = 0; t < rows; t++) {
            Arrays.fill(p, t * stride + stored + t + 1, t * stride + all, 0);
        }
    }

    private static void add(float[] p, float plus, int n) {
        for (int i = 0; i < n; i++) {
            p[i] += plus;
        }
    }

    @Override
    public void affineAndLower(
            TwofoldMatrix Y,
            int y,
            TwofoldMatrix X,
            int x,
            TwofoldMatrix W,
            TwofoldMatrix P,
            float plus,
            TwofoldMatrix K,
            int stored,
            int rows,
            int depth,
            int n) {
        affine(Y, y, X, x, W, rows, depth, n);
        lower(P, plus, X, x, K, stored, rows, depth);
    }

    @Override
    public void addLower(TwofoldMatrix Y, int y, TwofoldMatrix P, TwofoldMatrix E, int stored, int rows, int n) {
        int all = stored + rows;
        multiply(false, false, rows, n, all, 1, P, 0, rows, P.stride(), E, 0, all, 1, Y, y);
    }

    @Override
    public void addLowerTransposed(
            TwofoldMatrix Y, TwofoldMatrix P, TwofoldMatrix X, int x, int stored, int rows, int n) {
        multiply(true, false, stored + rows, n, rows, 1, P, 0, rows, P.stride(), X, x, rows, 1, Y, 0);
    }

    @Override
    public void transpose(TwofoldMatrix T, float scale, TwofoldMatrix W, int rows, int columns) {
        T.transpose(W, scale);
    }

    /** Rows of A, B and C that take part begin at a, b and c; A and B have so many. */
    private void multiply(
            boolean transposedA,
            boolean transposedB,
            int m,
            int n,
            int k,
            float alpha,
            TwofoldMatrix A,
            int a,
            int rowsA,
            int lda,
            TwofoldMatrix B,
            int b,
            int rowsB,
            float beta,
            TwofoldMatrix C,
            int c) {
        products.multiply(
                transposedA,
                transposedB,
                m,
                n,
                k,
                alpha,
                A.readMemory(a, rowsA),
                a * A.stride(),
                lda,
                B.readMemory(b, rowsB),
                b * B.stride(),
                B.stride(),
                beta,
                beta == 0 ? C.writeMemory(c, m) : C.changeMemory(c, m),
                c * C.stride(),
                C.stride());
    }
}
