package org.ttt4j.kernel;

import java.util.Arrays;

/** Matrices as one array per row: making them, filling them, and moving them from and to flat arrays. */
final class Rows {

    private Rows() {}

    static float[][] of(int rows, int n) {
        return new float[rows][n];
    }

    /** Rows that end with a constant 1, the input that the bias belongs to. */
    static float[][] withOne(int rows, int n) {
        float[][] x = new float[rows][n + 1];
        for (float[] row : x) {
            row[n] = 1;
        }
        return x;
    }

    static void zero(float[][] x, int rows) {
        for (int i = 0; i < rows; i++) {
            Arrays.fill(x[i], 0);
        }
    }

    /** Reads n values of each row; rows lie stride apart. */
    static void read(float[] from, int at, int stride, float[][] to, int first, int rows, int n) {
        for (int i = 0; i < rows; i++) {
            System.arraycopy(from, at + i * stride, to[first + i], 0, n);
        }
    }

    static void write(float[][] from, int first, float[] to, int at, int stride, int rows, int n) {
        for (int i = 0; i < rows; i++) {
            System.arraycopy(from[first + i], 0, to, at + i * stride, n);
        }
    }

    /** {@code y += c x}. */
    static void add(float[] y, float c, float[] x, int n) {
        for (int j = 0; j < n; j++) {
            y[j] += c * x[j];
        }
    }

    /** {@code y = c x}. */
    static void scale(float[] y, float c, float[] x, int n) {
        for (int j = 0; j < n; j++) {
            y[j] = c * x[j];
        }
    }

    /** {@code y = x z}, entry by entry. */
    static void multiply(float[] y, float[] x, float[] z, int n) {
        for (int j = 0; j < n; j++) {
            y[j] = x[j] * z[j];
        }
    }

    /** {@code y += x z}, entry by entry. */
    static void addProduct(float[] y, float[] x, float[] z, int n) {
        for (int j = 0; j < n; j++) {
            y[j] += x[j] * z[j];
        }
    }
}
