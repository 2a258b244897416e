package org.ttt4j.kernel;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Row by row by the Vector API. Rows are padded with zeros and taken in whole vectors; every method leaves the padding of its
 * result 0 if that of the operands is, sums need no care then.
 */
final class VectorRowMath implements RowMath<FlatMatrix> {

    private static final VectorSpecies<Float> SPECIES = VectorBlocks.SPECIES;
    private static final int LANES = VectorBlocks.LANES;
    /** As many ones as zeros. */
    private static final float[] LIVE = new float[2 * LANES];

    static {
        Arrays.fill(LIVE, 0, LANES, 1);
    }

    private final VectorNorms norms;

    /** For segments of up to so many rows. */
    VectorRowMath(int rows) {
        norms = new VectorNorms(rows);
    }

    private static FloatVector load(FlatMatrix X, int at) {
        return FloatVector.fromArray(SPECIES, X.array(), at);
    }

    /** 1 for the first count lanes, 0 for the others. */
    static FloatVector live(int count) {
        return FloatVector.fromArray(SPECIES, LIVE, LANES - count);
    }

    @Override
    public void scale(FlatMatrix Y, int y, float c, FlatMatrix X, int x, int rows, int n) {
        for (int t = 0; t < rows; t++) {
            scale(Y.array(), Y.row(y + t), c, X.array(), X.row(x + t), n);
        }
    }

    @Override
    public void scale(FlatMatrix Y, int y, float[] c, int first, FlatMatrix X, int x, int rows, int n) {
        for (int t = 0; t < rows; t++) {
            scale(Y.array(), Y.row(y + t), c[first + t], X.array(), X.row(x + t), n);
        }
    }

    private static void scale(float[] Y, int y, float c, float[] X, int x, int n) {
        for (int j = 0; j < n; j += LANES) {
            FloatVector.fromArray(SPECIES, X, x + j).mul(c).intoArray(Y, y + j);
        }
    }

    @Override
    public void add(FlatMatrix Y, int y, float c, FlatMatrix X, int x, int rows, int n) {
        for (int t = 0; t < rows; t++) {
            add(Y.array(), Y.row(y + t), c, X.array(), X.row(x + t), n);
        }
    }

    @Override
    public void add(FlatMatrix Y, int y, float[] c, int first, FlatMatrix X, int x, int rows, int n) {
        for (int t = 0; t < rows; t++) {
            add(Y.array(), Y.row(y + t), c[first + t], X.array(), X.row(x + t), n);
        }
    }

    private static void add(float[] Y, int y, float c, float[] X, int x, int n) {
        FloatVector factor = FloatVector.broadcast(SPECIES, c);
        for (int j = 0; j < n; j += LANES) {
            FloatVector sum = FloatVector.fromArray(SPECIES, Y, y + j);
            factor.fma(FloatVector.fromArray(SPECIES, X, x + j), sum).intoArray(Y, y + j);
        }
    }

    @Override
    public void multiply(FlatMatrix Y, int y, FlatMatrix X, int x, FlatMatrix Z, int z, int rows, int n) {
        for (int t = 0; t < rows; t++) {
            multiply(Y.array(), Y.row(y + t), X.array(), X.row(x + t), Z.array(), Z.row(z + t), n);
        }
    }

    @Override
    public void multiplyEach(FlatMatrix Y, FlatMatrix X, FlatMatrix g, int rows, int n) {
        for (int t = 0; t < rows; t++) {
            multiply(Y.array(), Y.row(t), X.array(), X.row(t), g.array(), g.row(0), n);
        }
    }

    private static void multiply(float[] Y, int y, float[] X, int x, float[] Z, int z, int n) {
        for (int j = 0; j < n; j += LANES) {
            FloatVector.fromArray(SPECIES, X, x + j)
                    .mul(FloatVector.fromArray(SPECIES, Z, z + j))
                    .intoArray(Y, y + j);
        }
    }

    @Override
    public void addProduct(FlatMatrix Y, int y, FlatMatrix X, int x, FlatMatrix Z, int z, int rows, int n) {
        for (int t = 0; t < rows; t++) {
            addProduct(Y.array(), Y.row(y + t), X.array(), X.row(x + t), Z.array(), Z.row(z + t), n);
        }
    }

    private static void addProduct(float[] Y, int y, float[] X, int x, float[] Z, int z, int n) {
        for (int j = 0; j < n; j += LANES) {
            FloatVector.fromArray(SPECIES, X, x + j)
                    .fma(FloatVector.fromArray(SPECIES, Z, z + j), FloatVector.fromArray(SPECIES, Y, y + j))
                    .intoArray(Y, y + j);
        }
    }

    @Override
    public void addSum(FlatMatrix y, int i, float c, FlatMatrix X, int x, int rows, int n) {
        for (int j = 0; j < n; j += LANES) {
            FloatVector sum = load(y, y.row(i) + j);
            FloatVector factor = FloatVector.broadcast(SPECIES, c);
            for (int t = 0; t < rows; t++) {
                sum = factor.fma(load(X, X.row(x + t) + j), sum);
            }
            sum.intoArray(y.array(), y.row(i) + j);
        }
    }

    @Override
    public void addSumOfProducts(FlatMatrix y, FlatMatrix X, FlatMatrix Z, int rows, int n) {
        for (int j = 0; j < n; j += LANES) {
            FloatVector sum = load(y, y.row(0) + j);
            for (int t = 0; t < rows; t++) {
                sum = load(X, X.row(t) + j).fma(load(Z, Z.row(t) + j), sum);
            }
            sum.intoArray(y.array(), y.row(0) + j);
        }
    }

    @Override
    public void dots(float[] to, FlatMatrix X, int x, FlatMatrix Y, int y, int rows, int n) {
        norms.dots(to, X, x, Y, y, rows, n);
    }

    @Override
    public void normalise(FlatMatrix Z, float[] s, int rows, int n) {
        norms.normalise(Z, s, rows, n);
    }

    @Override
    public void project(FlatMatrix C, FlatMatrix xhat, float[] s, FlatMatrix Y, int rows, int n) {
        norms.project(C, xhat, s, Y, rows, n);
    }

    @Override
    public void innerGradient(InnerHead<FlatMatrix> head, FlatMatrix xhat, FlatMatrix XK, int k, int rows) {
        norms.innerGradient(head, xhat, XK, k, rows);
    }

    @Override
    public void throughNorm(
            InnerHead<FlatMatrix> head, FlatMatrix h, FlatMatrix et, FlatMatrix xhat, FlatMatrix dZ, int rows) {
        norms.throughNorm(head, h, et, xhat, dZ, rows);
    }

    @Override
    public void output(InnerHead<FlatMatrix> head, float[] out, int at, int stride, int rows) {
        for (int t = 0; t < rows; t++) {
            output(
                    head.gamma.array(),
                    head.beta.array(),
                    head.Zq.array(),
                    head.Zq.row(t),
                    head.XQ.array(),
                    head.XQ.row(t),
                    out,
                    at + t * stride,
                    head.size);
        }
    }

    private static void output(
            float[] gamma, float[] beta, float[] Z, int z, float[] XQ, int q, float[] out, int at, int n) {
        int j = 0;
        for (; j + LANES <= n; j += LANES) {
            FloatVector.fromArray(SPECIES, gamma, j)
                    .fma(FloatVector.fromArray(SPECIES, Z, z + j), FloatVector.fromArray(SPECIES, beta, j))
                    .add(FloatVector.fromArray(SPECIES, XQ, q + j))
                    .intoArray(out, at + j);
        }
        for (; j < n; j++) {
            out[at + j] = Math.fma(gamma[j], Z[z + j], beta[j]) + XQ[q + j];
        }
    }

    @Override
    public void gelu(FlatMatrix Z, FlatMatrix X, int x, FlatMatrix slope, int rows, int n) {
        for (int t = 0; t < rows; t++) {
            VectorGelu.valueAndSlope(Z.array(), Z.row(t), X.array(), X.row(x + t), slope.array(), slope.row(t), n);
        }
    }

    @Override
    public void curvature(FlatMatrix Z, FlatMatrix Y, int rows, int n) {
        for (int t = 0; t < rows; t++) {
            VectorGelu.curvature(Z.array(), Z.row(t), Y.array(), Y.row(t), n);
        }
    }
}
