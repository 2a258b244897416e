package org.ttt4j.kernel;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Row by row by the Vector API. Rows are padded with zeros and taken in whole vectors; every method leaves the padding of its
 * result 0 if that of the operands is, sums need no care then.
 *
 * <p>The lanes of a sum are added in a fixed order by way of memory: the API's own reduction leaves the order open, and C2's
 * differs from the interpreter's.
 */
final class VectorRowMath implements RowMath<FlatMatrix> {

    /** Inside the root, fixed by the authors. */
    private static final float EPSILON = 1e-6f;

    private static final VectorSpecies<Float> SPECIES = VectorBlocks.SPECIES;
    private static final int LANES = VectorBlocks.LANES;
    /** As many ones as zeros: LANES values from {@link #live} on are 1 for the entries of a row and 0 for its padding. */
    private static final float[] LIVE = new float[2 * LANES];

    static {
        Arrays.fill(LIVE, 0, LANES, 1);
    }

    private final float[] lanes = new float[LANES];
    private final float[] mean; // [R] these three are one value a row
    private final float[] along;
    private final float[] inverse;

    /** For segments of up to so many rows. */
    VectorRowMath(int rows) {
        mean = new float[rows];
        along = new float[rows];
        inverse = new float[rows];
    }

    private static FloatVector load(FlatMatrix X, int at) {
        return FloatVector.fromArray(SPECIES, X.array(), at);
    }

    private static FloatVector live(int n, int j) {
        return FloatVector.fromArray(SPECIES, LIVE, Math.max(0, LANES - n + j));
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
        for (int t = 0; t < rows; t++) {
            dot(X.array(), X.row(x + t), Y.array(), Y.row(y + t), n, lanes);
            to[t] = total(lanes);
        }
    }

    void sums(float[] to, FlatMatrix X, int rows, int n) {
        for (int t = 0; t < rows; t++) {
            sum(X.array(), X.row(t), n, lanes);
            to[t] = total(lanes);
        }
    }

    private static void dot(float[] X, int x, float[] Y, int y, int n, float[] lanes) {
        FloatVector sum = FloatVector.zero(SPECIES);
        for (int j = 0; j < n; j += LANES) {
            sum = FloatVector.fromArray(SPECIES, X, x + j).fma(FloatVector.fromArray(SPECIES, Y, y + j), sum);
        }
        sum.intoArray(lanes, 0);
    }

    private static void sum(float[] X, int x, int n, float[] lanes) {
        FloatVector sum = FloatVector.zero(SPECIES);
        for (int j = 0; j < n; j += LANES) {
            sum = sum.add(FloatVector.fromArray(SPECIES, X, x + j));
        }
        sum.intoArray(lanes, 0);
    }

    private static float total(float[] lanes) {
        float a = 0;
        float b = 0;
        float c = 0;
        float d = 0;
        for (int l = 0; l < LANES; l += 4) {
            a += lanes[l];
            b += lanes[l + 1];
            c += lanes[l + 2];
            d += lanes[l + 3];
        }
        return (a + b) + (c + d);
    }

    /** One statistic of all rows after the other: a row's own chain of operations is long, but rows do not wait for each other. */
    @Override
    public void normalise(FlatMatrix Z, float[] s, int rows, int n) {
        sums(mean, Z, rows, n);
        for (int t = 0; t < rows; t++) {
            subtract(Z.array(), Z.row(t), mean[t] / n, n);
        }
        dots(s, Z, 0, Z, 0, rows, n);
        for (int t = 0; t < rows; t++) {
            s[t] = (float) Math.sqrt(s[t] / n + EPSILON);
            inverse[t] = 1 / s[t];
        }
        scale(Z, 0, inverse, 0, Z, 0, rows, n);
    }

    static void subtract(float[] Z, int z, float mean, int n) {
        FloatVector minus = FloatVector.broadcast(SPECIES, -mean);
        for (int j = 0; j < n; j += LANES) {
            minus.fma(live(n, j), FloatVector.fromArray(SPECIES, Z, z + j)).intoArray(Z, z + j);
        }
    }

    @Override
    public void project(FlatMatrix C, FlatMatrix xhat, float[] s, FlatMatrix Y, int rows, int n) {
        sums(mean, C, rows, n);
        dots(along, C, 0, xhat, 0, rows, n);
        projectRows(C, xhat, s, Y, rows, n);
    }

    /** The end of {@link #project}, from the sums of C and of C xhat. */
    private void projectRows(FlatMatrix C, FlatMatrix xhat, float[] s, FlatMatrix Y, int rows, int n) {
        for (int t = 0; t < rows; t++) {
            mean[t] /= n;
            along[t] /= n;
            inverse[t] = 1 / s[t];
        }
        for (int t = 0; t < rows; t++) {
            project(
                    C.array(),
                    C.row(t),
                    mean[t],
                    xhat.array(),
                    xhat.row(t),
                    along[t],
                    inverse[t],
                    Y.array(),
                    Y.row(t),
                    n);
        }
    }

    private static void project(
            float[] C, int c, float mean, float[] X, int x, float along, float inverse, float[] Y, int y, int n) {
        FloatVector minusMean = FloatVector.broadcast(SPECIES, -mean);
        FloatVector minusAlong = FloatVector.broadcast(SPECIES, -along);
        for (int j = 0; j < n; j += LANES) {
            FloatVector d = minusMean.fma(live(n, j), FloatVector.fromArray(SPECIES, C, c + j));
            minusAlong
                    .fma(FloatVector.fromArray(SPECIES, X, x + j), d)
                    .mul(inverse)
                    .intoArray(Y, y + j);
        }
    }

    @Override
    public void innerGradient(InnerHead<FlatMatrix> head, FlatMatrix xhat, FlatMatrix XK, int k, int rows) {
        for (int t = 0; t < rows; t++) {
            error(head, t, xhat.array(), xhat.row(t), XK.array(), XK.row(k + t));
        }
        project(head.u, xhat, head.s, head.delta, rows, head.size);
    }

    /** e and u of a token. */
    static void error(InnerHead<FlatMatrix> head, int t, float[] X, int x, float[] XK, int k) {
        int v = head.XV.row(t);
        int e = head.e.row(t);
        int u = head.u.row(t);
        for (int j = 0; j < head.size; j += LANES) {
            FloatVector gamma = load(head.gamma, j);
            FloatVector difference = load(head.XV, v + j).sub(FloatVector.fromArray(SPECIES, XK, k + j));
            FloatVector error = gamma.fma(FloatVector.fromArray(SPECIES, X, x + j), load(head.beta, j))
                    .sub(difference);
            error.intoArray(head.e.array(), e + j);
            gamma.mul(error).intoArray(head.u.array(), u + j);
        }
    }

    @Override
    public void throughNorm(
            InnerHead<FlatMatrix> head, FlatMatrix h, FlatMatrix et, FlatMatrix xhat, FlatMatrix dZ, int rows) {
        int n = head.size;
        dots(mean, head.u, 0, xhat, 0, rows, n);
        dots(along, h, 0, xhat, 0, rows, n);
        for (int t = 0; t < rows; t++) {
            mean[t] *= -1 / (n * head.s[t]);
            along[t] *= -1 / (n * head.s[t]);
        }
        multiplyEach(dZ, et, head.gamma, rows, n);
        add(dZ, 0, mean, 0, h, 0, rows, n);
        add(dZ, 0, along, 0, head.u, 0, rows, n);
        dots(along, dZ, 0, xhat, 0, rows, n);
        dots(inverse, h, 0, head.delta, 0, rows, n);
        for (int t = 0; t < rows; t++) {
            along[t] += inverse[t];
        }
        sums(mean, dZ, rows, n);
        projectRows(dZ, xhat, head.s, dZ, rows, n);
    }

    @Override
    public void output(InnerHead<FlatMatrix> head, float[] out, int at, int stride, int rows) {
        for (int t = 0; t < rows; t++) {
            output(head, t, out, at + t * stride);
        }
    }

    private static void output(InnerHead<FlatMatrix> head, int t, float[] out, int at) {
        int q = head.XQ.row(t);
        int z = head.Zq.row(t);
        int j = 0;
        for (; j + LANES <= head.size; j += LANES) {
            load(head.gamma, j)
                    .fma(load(head.Zq, z + j), load(head.beta, j))
                    .add(load(head.XQ, q + j))
                    .intoArray(out, at + j);
        }
        for (; j < head.size; j++) {
            float norm = Math.fma(
                    head.gamma.array()[j], head.Zq.array()[z + j], head.beta.array()[j]);
            out[at + j] = norm + head.XQ.array()[q + j];
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
