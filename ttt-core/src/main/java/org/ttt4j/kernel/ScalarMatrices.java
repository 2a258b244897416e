package org.ttt4j.kernel;

import java.util.Arrays;

/** Plain Java loops over an array per row. */
final class ScalarMatrices implements Matrices<float[][]> {

    /** With fewer rows than this, transposing W costs more than it saves. */
    private static final int TRANSPOSE_FROM = 4;

    private float[][] wide; // some weights transposed; null until needed

    @Override
    public float[][] matrix(int rows, int n) {
        return new float[rows][n];
    }

    @Override
    public void read(float[] from, int at, int stride, float[][] to, int first, int rows, int n) {
        float[][] x = to;
        for (int i = 0; i < rows; i++) {
            System.arraycopy(from, at + i * stride, x[first + i], 0, n);
        }
    }

    @Override
    public void write(float[][] from, int first, float[] to, int at, int stride, int rows, int n) {
        float[][] x = from;
        for (int i = 0; i < rows; i++) {
            System.arraycopy(x[first + i], 0, to, at + i * stride, n);
        }
    }

    @Override
    public void zero(float[][] X, int x, int rows, int n) {
        for (int i = 0; i < rows; i++) {
            Arrays.fill(X[x + i], 0, n, 0);
        }
    }

    /** Works on a copy: rows that lie in one array do not become vector code. */
    @Override
    public void attach(float[][] W, float[] values, int at, int rows, int n) {
        read(values, at, InnerShape.padded(n), W, 0, rows, n);
    }

    @Override
    public void update(float[][] W, float[] values, int at, int rows, int n) {
        write(W, 0, values, at, InnerShape.padded(n), rows, n);
    }

    @Override
    public void release(float[][] W) {}

    @Override
    public void affine(float[][] Y, int y, float[][] X, int x, float[][] W, int rows, int depth, int n) {
        for (int i = 0; i < rows; i++) {
            System.arraycopy(W[depth], 0, Y[y + i], 0, n);
        }
        Products.add(Y, y, X, x, W, rows, depth, n);
    }

    @Override
    public void product(float[][] Y, int y, float[][] X, int x, float[][] W, int rows, int depth, int n) {
        zero(Y, y, rows, n);
        Products.add(Y, y, X, x, W, rows, depth, n);
    }

    @Override
    public void add(float[][] Y, int y, float[][] X, int x, float[][] W, int rows, int depth, int n) {
        Products.add(Y, y, X, x, W, rows, depth, n);
    }

    @Override
    public void productTransposed(float[][] Y, int y, float[][] X, int x, float[][] W, int rows, int depth, int n) {
        if (rows < TRANSPOSE_FROM) {
            Dots.all(Y, y, X, x, W, rows, n, depth);
            return;
        }
        if (wide == null || wide.length < depth || wide[0].length < n) {
            wide = new float[depth][n];
        }
        Dots.transpose(wide, 1, W, n, depth);
        product(Y, y, X, x, wide, rows, depth, n);
    }

    @Override
    public void addOuter(float[][] Y, float scale, float[][] X, int x, float[][] E, int e, int depth, int rows, int n) {
        Products.addOuter(Y, scale, X, x, E, e, depth, rows, n);
    }

    @Override
    public void lower(float[][] P, float plus, float[][] X, int x, float[][] K, int stored, int rows, int n) {
        Dots.lower(P, plus, X, x, K, stored, rows, n);
    }

    @Override
    public void affineAndLower(
            float[][] Y,
            int y,
            float[][] X,
            int x,
            float[][] W,
            float[][] P,
            float plus,
            float[][] K,
            int stored,
            int rows,
            int depth,
            int n) {
        affine(Y, y, X, x, W, rows, depth, n);
        lower(P, plus, X, x, K, stored, rows, depth);
    }

    @Override
    public void addLower(float[][] Y, int y, float[][] P, float[][] E, int stored, int rows, int n) {
        Products.addLower(Y, y, P, E, stored, rows, n);
    }

    @Override
    public void addLowerTransposed(float[][] Y, float[][] P, float[][] X, int x, int stored, int rows, int n) {
        Products.addLowerTransposed(Y, P, X, x, stored, rows, n);
    }

    @Override
    public void transpose(float[][] T, float scale, float[][] W, int rows, int columns) {
        Dots.transpose(T, scale, W, rows, columns);
    }
}
