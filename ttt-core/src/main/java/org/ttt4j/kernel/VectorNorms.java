package org.ttt4j.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Norms and their gradients by the Vector API: one statistic of all rows after the other, because a row's own chain of
 * operations is long, but rows need not wait for each other.
 *
 * <p>The lanes of a sum are added in a fixed order by way of memory: the API's own reduction leaves the order open, and C2's
 * differs from the interpreter's. Reading them at once would wait for the store: sums of all rows are stored first.
 */
final class VectorNorms {

    /** Inside the root, fixed by the authors. */
    private static final float EPSILON = 1e-6f;

    private static final VectorSpecies<Float> SPECIES = VectorBlocks.SPECIES;
    private static final int LANES = VectorBlocks.LANES;

    private final int limit;
    private final float[] lanes; // [R, LANES] sums over every LANES-th column
    private final float[] mean; // [R] these three are one value a row
    private final float[] along;
    private final float[] inverse;

    /** For segments of up to so many rows. */
    VectorNorms(int rows) {
        limit = rows;
        lanes = new float[rows * LANES];
        mean = new float[InnerShape.padded(rows)];
        along = new float[InnerShape.padded(rows)];
        inverse = new float[InnerShape.padded(rows)];
    }

    void dots(float[] to, FlatMatrix X, int x, FlatMatrix Y, int y, int rows, int n) {
        for (int t = 0; t < rows; t += limit) {
            int count = Math.min(limit, rows - t);
            dots(X.array(), X.row(x + t), X.stride, Y.array(), Y.row(y + t), Y.stride, count, n, lanes);
            totals(to, t, lanes, count);
        }
    }

    void normalise(FlatMatrix Z, float[] s, int rows, int n) {
        sums(Z.array(), Z.row(0), Z.stride, rows, n, lanes);
        totals(mean, 0, lanes, rows);
        divide(mean, n, rows);
        squares(Z.array(), Z.row(0), Z.stride, mean, rows, n, lanes);
        totals(s, 0, lanes, rows);
        deviations(s, inverse, n, rows);
        normalise(Z.array(), Z.row(0), Z.stride, mean, inverse, rows, n);
    }

    void project(FlatMatrix C, FlatMatrix xhat, float[] s, FlatMatrix Y, int rows, int n) {
        dots(along, C, 0, xhat, 0, rows, n);
        sums(C.array(), C.row(0), C.stride, rows, n, lanes);
        totals(mean, 0, lanes, rows);
        project(C, xhat, s, Y, rows, n, along);
    }

    /** The end of {@link #project}, from the sums of C in mean and of C xhat in along. */
    private void project(FlatMatrix C, FlatMatrix X, float[] s, FlatMatrix Y, int rows, int n, float[] along) {
        divide(mean, n, rows);
        divide(along, n, rows);
        invert(s, inverse, rows);
        project(
                C.array(), C.row(0), C.stride, mean, X.array(), X.row(0), X.stride, along, inverse, Y.array(), Y.row(0),
                Y.stride, rows, n);
    }

    void innerGradient(InnerHead<FlatMatrix> head, FlatMatrix xhat, FlatMatrix XK, int k, int rows) {
        errors(
                head.gamma.array(),
                head.beta.array(),
                xhat.array(),
                xhat.row(0),
                xhat.stride,
                head.XV.array(),
                head.XV.row(0),
                head.XV.stride,
                XK.array(),
                XK.row(k),
                head.e.array(),
                head.u.array(),
                rows,
                head.size);
        project(head.u, xhat, head.s, head.delta, rows, head.size);
    }

    void throughNorm(
            InnerHead<FlatMatrix> head, FlatMatrix h, FlatMatrix et, FlatMatrix xhat, FlatMatrix dZ, int rows) {
        int n = head.size;
        dots(mean, head.u, 0, xhat, 0, rows, n);
        dots(along, h, 0, xhat, 0, rows, n);
        for (int t = 0; t < rows; t++) {
            float factor = -1 / (n * head.s[t]);
            mean[t] *= factor;
            along[t] *= factor;
        }
        throughNorm(
                head.gamma.array(), et.array(), h.array(), head.u.array(), mean, along, dZ.array(), dZ.stride, rows, n);
        dots(along, dZ, 0, xhat, 0, rows, n);
        dots(inverse, h, 0, head.delta, 0, rows, n);
        for (int t = 0; t < rows; t++) {
            along[t] += inverse[t];
        }
        sums(dZ.array(), 0, dZ.stride, rows, n, lanes);
        totals(mean, 0, lanes, rows);
        project(dZ, xhat, head.s, dZ, rows, n, along);
    }

    private static FloatVector load(float[] x, int at) {
        return FloatVector.fromArray(SPECIES, x, at);
    }

    private static void dots(float[] X, int x, int lx, float[] Y, int y, int ly, int rows, int n, float[] lanes) {
        for (int t = 0; t < rows; t++) {
            FloatVector sum = FloatVector.zero(SPECIES);
            for (int j = 0; j < n; j += LANES) {
                sum = load(X, x + j).fma(load(Y, y + j), sum);
            }
            sum.intoArray(lanes, t * LANES);
            x += lx;
            y += ly;
        }
    }

    private static void sums(float[] X, int x, int lx, int rows, int n, float[] lanes) {
        for (int t = 0; t < rows; t++) {
            FloatVector sum = FloatVector.zero(SPECIES);
            for (int j = 0; j < n; j += LANES) {
                sum = load(X, x + j).add(sum);
            }
            sum.intoArray(lanes, t * LANES);
            x += lx;
        }
    }

    private static void squares(float[] X, int x, int lx, float[] mean, int rows, int n, float[] lanes) {
        int whole = n - n % LANES;
        for (int t = 0; t < rows; t++) {
            FloatVector minus = FloatVector.broadcast(SPECIES, -mean[t]);
            FloatVector sum = FloatVector.zero(SPECIES);
            for (int j = 0; j < whole; j += LANES) {
                FloatVector d = load(X, x + j).add(minus);
                sum = d.fma(d, sum);
            }
            if (whole < n) {
                FloatVector d = minus.fma(VectorRowMath.live(n - whole), load(X, x + whole));
                sum = d.fma(d, sum);
            }
            sum.intoArray(lanes, t * LANES);
            x += lx;
        }
    }

    private static void totals(float[] to, int first, float[] lanes, int rows) {
        int at = 0;
        for (int t = 0; t < rows; t++) {
            float a = 0;
            float b = 0;
            float c = 0;
            float d = 0;
            for (int l = 0; l < LANES; l += 4) {
                a += lanes[at];
                b += lanes[at + 1];
                c += lanes[at + 2];
                d += lanes[at + 3];
                at += 4;
            }
            to[first + t] = (a + b) + (c + d);
        }
    }

    private static void divide(float[] x, int n, int rows) {
        for (int t = 0; t < rows; t += LANES) {
            load(x, t).div(n).intoArray(x, t);
        }
    }

    private static void invert(float[] x, float[] inverse, int rows) {
        for (int t = 0; t < rows; t += LANES) {
            FloatVector.broadcast(SPECIES, 1).div(load(x, t)).intoArray(inverse, t);
        }
    }

    /** From sums of squares to s = sqrt(variance + eps), and 1 / s. */
    private static void deviations(float[] s, float[] inverse, int n, int rows) {
        for (int t = 0; t < rows; t += LANES) {
            FloatVector root = load(s, t).div(n).add(EPSILON).lanewise(VectorOperators.SQRT);
            root.intoArray(s, t);
            FloatVector.broadcast(SPECIES, 1).div(root).intoArray(inverse, t);
        }
    }

    private static void normalise(float[] X, int x, int lx, float[] mean, float[] inverse, int rows, int n) {
        int whole = n - n % LANES;
        for (int t = 0; t < rows; t++) {
            FloatVector minus = FloatVector.broadcast(SPECIES, -mean[t]);
            FloatVector factor = FloatVector.broadcast(SPECIES, inverse[t]);
            for (int j = 0; j < whole; j += LANES) {
                load(X, x + j).add(minus).mul(factor).intoArray(X, x + j);
            }
            if (whole < n) {
                FloatVector d = minus.fma(VectorRowMath.live(n - whole), load(X, x + whole));
                d.mul(factor).intoArray(X, x + whole);
            }
            x += lx;
        }
    }

    private static void project(
            float[] C,
            int c,
            int lc,
            float[] mean,
            float[] X,
            int x,
            int lx,
            float[] along,
            float[] inverse,
            float[] Y,
            int y,
            int ly,
            int rows,
            int n) {
        int whole = n - n % LANES;
        for (int t = 0; t < rows; t++) {
            FloatVector minus = FloatVector.broadcast(SPECIES, -mean[t]);
            FloatVector minusAlong = FloatVector.broadcast(SPECIES, -along[t]);
            FloatVector factor = FloatVector.broadcast(SPECIES, inverse[t]);
            for (int j = 0; j < whole; j += LANES) {
                FloatVector d = load(C, c + j).add(minus);
                minusAlong.fma(load(X, x + j), d).mul(factor).intoArray(Y, y + j);
            }
            if (whole < n) {
                FloatVector d = minus.fma(VectorRowMath.live(n - whole), load(C, c + whole));
                minusAlong.fma(load(X, x + whole), d).mul(factor).intoArray(Y, y + whole);
            }
            c += lc;
            x += lx;
            y += ly;
        }
    }

    /** e and u; rows of all but XV lie as those of xhat. */
    private static void errors(
            float[] gamma,
            float[] beta,
            float[] X,
            int x,
            int stride,
            float[] XV,
            int v,
            int lv,
            float[] XK,
            int k,
            float[] e,
            float[] u,
            int rows,
            int n) {
        int at = 0;
        for (int t = 0; t < rows; t++) {
            for (int j = 0; j < n; j += LANES) {
                FloatVector scale = load(gamma, j);
                FloatVector shift = load(beta, j).sub(load(XV, v + j)).add(load(XK, k + j));
                FloatVector error = scale.fma(load(X, x + j), shift);
                error.intoArray(e, at + j);
                scale.mul(error).intoArray(u, at + j);
            }
            x += stride;
            v += lv;
            k += stride;
            at += stride;
        }
    }

    /** {@code dz = gamma et + a h + b u}, the gradient at xhat; rows of all lie alike. */
    private static void throughNorm(
            float[] gamma,
            float[] et,
            float[] h,
            float[] u,
            float[] a,
            float[] b,
            float[] dz,
            int stride,
            int rows,
            int n) {
        int at = 0;
        for (int t = 0; t < rows; t++) {
            FloatVector alongU = FloatVector.broadcast(SPECIES, a[t]);
            FloatVector alongH = FloatVector.broadcast(SPECIES, b[t]);
            for (int j = 0; j < n; j += LANES) {
                FloatVector x = load(gamma, j).mul(load(et, at + j));
                alongH.fma(load(u, at + j), alongU.fma(load(h, at + j), x)).intoArray(dz, at + j);
            }
            at += stride;
        }
    }
}
