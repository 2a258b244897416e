package org.ttt4j.kernel;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromArray;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Row by row by the Vector API. Rows are padded with zeros and taken in whole vectors; every method leaves the padding of its
 * result 0 if that of the operands is, sums need no care then.
 */
final class VectorRowMath implements RowMath<FlatMatrix> {

    private static final VectorSpecies<Float> SPECIES = VectorBlocks.SPECIES;
    private static final int LANES = VectorBlocks.LANES;

    private final VectorNorms norms;
    private final VectorErrors errors;
    private final VectorQuadNorms quads; // null for rows of another length
    private final VectorNormGradients gradients;

    /** For segments of up to so many rows, whose norms are over n columns. */
    VectorRowMath(int rows, int n) {
        norms = new VectorNorms(rows, n);
        errors = new VectorErrors(norms, rows, n);
        quads = VectorQuadNorms.fit(n) ? new VectorQuadNorms(norms) : null;
        gradients = new VectorNormGradients(rows, n);
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

    static void scale(float[] Y, int y, float c, float[] X, int x, int n) {
        FloatVector factor = broadcast(SPECIES, c);
        for (int j = 0; j < n; j += LANES) {
            fromArray(SPECIES, X, x + j).mul(factor).intoArray(Y, y + j);
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
        FloatVector factor = broadcast(SPECIES, c);
        for (int j = 0; j < n; j += LANES) {
            factor.fma(fromArray(SPECIES, X, x + j), fromArray(SPECIES, Y, y + j))
                    .intoArray(Y, y + j);
        }
    }

    @Override
    public void multiply(FlatMatrix Y, int y, FlatMatrix X, int x, FlatMatrix Z, int z, int rows, int n) {
        for (int t = 0; t < rows; t++) {
            multiply(Y.array(), Y.row(y + t), X.array(), X.row(x + t), Z.array(), Z.row(z + t), n);
        }
    }

    private static void multiply(float[] Y, int y, float[] X, int x, float[] Z, int z, int n) {
        for (int j = 0; j < n; j += LANES) {
            fromArray(SPECIES, X, x + j).mul(fromArray(SPECIES, Z, z + j)).intoArray(Y, y + j);
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
            FloatVector sum = fromArray(SPECIES, Y, y + j);
            fromArray(SPECIES, X, x + j).fma(fromArray(SPECIES, Z, z + j), sum).intoArray(Y, y + j);
        }
    }

    @Override
    public void addSum(FlatMatrix y, int i, float c, FlatMatrix X, int x, int rows, int n) {
        int j = 0;
        for (; j + 3 * LANES < n; j += 4 * LANES) {
            addQuadSum(y.array(), y.row(i) + j, c, X.array(), X.row(x) + j, X.stride(), rows);
        }
        FloatVector factor = broadcast(SPECIES, c);
        for (; j < n; j += LANES) {
            FloatVector sum = fromArray(SPECIES, y.array(), y.row(i) + j);
            for (int t = 0; t < rows; t++) {
                sum = factor.fma(fromArray(SPECIES, X.array(), X.row(x + t) + j), sum);
            }
            sum.intoArray(y.array(), y.row(i) + j);
        }
    }

    /** Four vectors at once: one alone waits for its additions. */
    private static void addQuadSum(float[] y, int i, float c, float[] x, int at, int stride, int rows) {
        FloatVector factor = broadcast(SPECIES, c);
        FloatVector sum0 = fromArray(SPECIES, y, i);
        FloatVector sum1 = fromArray(SPECIES, y, i + LANES);
        FloatVector sum2 = fromArray(SPECIES, y, i + 2 * LANES);
        FloatVector sum3 = fromArray(SPECIES, y, i + 3 * LANES);
        for (int t = 0; t < rows; t++) {
            sum0 = factor.fma(fromArray(SPECIES, x, at), sum0);
            sum1 = factor.fma(fromArray(SPECIES, x, at + LANES), sum1);
            sum2 = factor.fma(fromArray(SPECIES, x, at + 2 * LANES), sum2);
            sum3 = factor.fma(fromArray(SPECIES, x, at + 3 * LANES), sum3);
            at += stride;
        }
        sum0.intoArray(y, i);
        sum1.intoArray(y, i + LANES);
        sum2.intoArray(y, i + 2 * LANES);
        sum3.intoArray(y, i + 3 * LANES);
    }

    @Override
    public void dots(float[] to, FlatMatrix X, int x, FlatMatrix Y, int y, int rows, int n) {
        norms.dots(to, X, x, Y, y, rows, n);
    }

    @Override
    public void normalise(FlatMatrix Z, int z, float[] s, int rows, int n) {
        norms.normalise(Z, z, s, rows);
    }

    @Override
    public void innerGradient(InnerHead<FlatMatrix> head, FlatMatrix Z, FlatMatrix XK, FlatMatrix E, int k, int rows) {
        errors.innerGradient(head, Z, XK, E, k, rows);
    }

    @Override
    public void innerErrors(InnerHead<FlatMatrix> head, FlatMatrix Z, FlatMatrix XK, FlatMatrix E, int k, int rows) {
        if (quads == null) {
            errors.innerErrors(head, Z, XK, E, k, rows);
        } else {
            quads.innerErrors(head, Z, XK, E, k, rows);
        }
    }

    @Override
    public void output(
            InnerHead<FlatMatrix> head,
            FlatMatrix Z,
            int z,
            FlatMatrix XQ,
            int q,
            float[] out,
            int at,
            int stride,
            int rows) {
        if (quads == null) {
            norms.output(head, Z, z, XQ, q, out, at, stride, rows);
        } else {
            quads.output(head, Z, z, XQ, q, out, at, stride, rows);
        }
    }

    @Override
    public void outputGradient(
            InnerHeadGradient<FlatMatrix> to,
            FlatMatrix dOut,
            int d,
            FlatMatrix Z,
            int z,
            FlatMatrix R,
            int r,
            int rows) {
        gradients.output(to, dOut, d, Z, z, R, r, rows);
    }

    @Override
    public void innerGradientBackward(
            InnerHeadGradient<FlatMatrix> to,
            FlatMatrix Z,
            FlatMatrix XK,
            FlatMatrix dE,
            FlatMatrix dXK,
            int k,
            FlatMatrix dZ,
            int rows) {
        gradients.innerGradient(to, Z, XK, dE, dXK, k, dZ, rows);
    }

    @Override
    public void gelu(FlatMatrix Z, int z, FlatMatrix X, int x, int rows, int n) {
        for (int t = 0; t < rows; t++) {
            VectorGelu.value(Z.array(), Z.row(z + t), X.array(), X.row(x + t), n);
        }
    }

    @Override
    public void gelu(FlatMatrix Z, int z, FlatMatrix X, int x, FlatMatrix slope, int rows, int n) {
        for (int t = 0; t < rows; t++) {
            VectorGelu.valueAndSlope(Z.array(), Z.row(z + t), X.array(), X.row(x + t), slope.array(), slope.row(t), n);
        }
    }

    @Override
    public void gelu(
            FlatMatrix Z, int z, FlatMatrix X, int x, FlatMatrix slope, FlatMatrix curvature, int rows, int n) {
        for (int t = 0; t < rows; t++) {
            VectorGelu.valueSlopeAndCurvature(
                    Z.array(),
                    Z.row(z + t),
                    X.array(),
                    X.row(x + t),
                    slope.array(),
                    slope.row(t),
                    curvature.array(),
                    curvature.row(t),
                    n);
        }
    }
}
