package org.ttt4j.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every loop of the vector and the BLAS kernel against the same loop of the scalar one, on the same random matrices. */
class KernelTwinTest {

    private static final int ROWS = 13;
    private static final int STORED = 6;

    /** Widths around and between multiples of the vector lengths. */
    static IntStream widths() {
        return IntStream.of(2, 3, 4, 5, 7, 8, 9, 13, 15, 16, 17, 20, 31, 32, 33, 40, 48, 64, 72, 80, 97, 256);
    }

    /** One kernel's loops, and matrices filled from a seed. */
    private static final class Twin<M> {
        final Matrices<M> matrices;
        final RowMath<M> math;
        final InnerHead<M> head;
        final int n;
        private final Random random = new Random(1);

        Twin(Matrices<M> matrices, RowMath<M> math, int n) {
            this.matrices = matrices;
            this.math = math;
            this.n = n;
            head = new InnerHead<>(matrices, math, InnerShape.linear(1, n, ROWS));
            fill(head.gamma, 1, n);
            fill(head.beta, 1, n);
            fill(head.XV, ROWS, n);
            System.arraycopy(values(ROWS), 0, head.sq, 0, ROWS);
            System.arraycopy(values(ROWS), 0, head.ell, 0, ROWS);
        }

        /** Positive values. */
        float[] values(int count) {
            float[] x = new float[InnerShape.padded(count)];
            for (int i = 0; i < count; i++) {
                x[i] = 0.2f + random.nextFloat();
            }
            return x;
        }

        M random(int rows, int columns) {
            M x = matrices.matrix(rows, columns);
            fill(x, rows, columns);
            return x;
        }

        private void fill(M x, int rows, int columns) {
            float[] values = new float[rows * columns];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) random.nextGaussian();
            }
            matrices.read(values, 0, columns, x, 0, rows, columns);
        }

        float[] get(M x, int rows, int columns) {
            float[] values = new float[rows * columns];
            matrices.write(x, 0, values, 0, columns, rows, columns);
            return values;
        }

        M lower(int stored, int rows) {
            M P = matrices.matrix(stored + rows, stored + rows);
            matrices.lower(P, 0.5f, random(rows + 1, n), 1, random(stored + rows, n), stored, rows, n);
            return P;
        }
    }

    private interface Loop {
        <M> float[] run(Twin<M> twin, int n);
    }

    private static void assertAgree(String what, int n, Loop loop) {
        int width = Math.max(n, STORED + ROWS);
        float[] expected = loop.run(new Twin<>(new ScalarMatrices(), new ScalarRowMath(width), n), n);
        assertAgree(
                "vector, " + what,
                n,
                expected,
                loop.run(new Twin<>(new VectorMatrices(STORED + ROWS, width), new VectorRowMath(ROWS, n), n), n));
        if (InnerKernels.named(BlasInnerKernel.NAME) instanceof BlasInnerKernel blas) {
            BlasMatrices matrices = blas.matrices(STORED + ROWS);
            assertAgree(
                    "blas, " + what,
                    n,
                    expected,
                    loop.run(new Twin<>(matrices, new BlockRowMath(matrices, ROWS, width, n), n), n));
            matrices.close();
        }
    }

    private static void assertAgree(String what, int n, float[] expected, float[] actual) {
        assertEquals(expected.length, actual.length);
        double error = InnerCase.error(actual, InnerCase.widen(expected));
        // Of two values a norm leaves the order alone: its gradients are differences that all but vanish, which are
        // mostly
        // rounding, and the backward of the inner gradient takes two of them.
        assertTrue(error < (n == 2 ? 1e-5 : 5e-6), what + ", width " + n + ": " + error);
    }

    private static float[] join(float[]... parts) {
        float[] all = {};
        for (float[] part : parts) {
            int n = all.length;
            all = Arrays.copyOf(all, n + part.length);
            System.arraycopy(part, 0, all, n, part.length);
        }
        return all;
    }

    @ParameterizedTest
    @MethodSource("widths")
    void matricesAgree(int n) {
        assertAgree("affine", n, KernelTwinTest::affine);
        assertAgree("product", n, KernelTwinTest::product);
        assertAgree("add", n, KernelTwinTest::add);
        assertAgree("productTransposed", n, KernelTwinTest::productTransposed);
        assertAgree("addOuter", n, KernelTwinTest::addOuter);
        assertAgree("lower", n, KernelTwinTest::lower);
        assertAgree("addLower", n, KernelTwinTest::addLower);
        assertAgree("addLowerTransposed", n, KernelTwinTest::addLowerTransposed);
        assertAgree("transpose", n, KernelTwinTest::transpose);
        assertAgree("attached", n, KernelTwinTest::attached);
    }

    @ParameterizedTest
    @MethodSource("widths")
    void rowsAgree(int n) {
        assertAgree("scale", n, KernelTwinTest::scale);
        assertAgree("addRows", n, KernelTwinTest::addRows);
        assertAgree("multiply", n, KernelTwinTest::multiply);
        assertAgree("sums", n, KernelTwinTest::sums);
        assertAgree("dotsOfRows", n, KernelTwinTest::dotsOfRows);
        assertAgree("normalise", n, KernelTwinTest::normalise);
        assertAgree("innerGradient", n, KernelTwinTest::innerGradient);
        assertAgree("innerErrors", n, KernelTwinTest::innerErrors);
        assertAgree("innerGradientBackward", n, KernelTwinTest::innerGradientBackward);
        assertAgree("outputGradient", n, KernelTwinTest::outputGradient);
        assertAgree("output", n, KernelTwinTest::output);
        assertAgree("gelu", n, KernelTwinTest::gelu);
    }

    private static <M> float[] affine(Twin<M> t, int n) {
        M Y = t.random(ROWS + 1, n);
        t.matrices.affine(Y, 1, t.random(ROWS + 2, 11), 2, t.random(12, n), ROWS, 11, n);
        return t.get(Y, ROWS + 1, n);
    }

    private static <M> float[] product(Twin<M> t, int n) {
        M Y = t.random(ROWS + 1, n);
        t.matrices.product(Y, 1, t.random(ROWS + 2, n), 2, t.random(n, n), ROWS, n, n);
        return t.get(Y, ROWS + 1, n);
    }

    /** With few rows and many, to an odd width. */
    private static <M> float[] productTransposed(Twin<M> t, int n) {
        M Y = t.random(ROWS + 1, n);
        M few = t.random(3, n);
        M X = t.random(ROWS + 2, 11);
        M W = t.random(n, 11);
        t.matrices.productTransposed(Y, 1, X, 2, W, ROWS, 11, n);
        t.matrices.productTransposed(few, 0, X, 1, W, 3, 11, n);
        return join(t.get(Y, ROWS + 1, n), t.get(few, 3, n));
    }

    private static <M> float[] add(Twin<M> t, int n) {
        M Y = t.random(ROWS + 1, n);
        t.matrices.add(Y, 1, t.random(ROWS + 2, n), 2, t.random(n, n), ROWS, n, n);
        return t.get(Y, ROWS + 1, n);
    }

    private static <M> float[] addOuter(Twin<M> t, int n) {
        M Y = t.random(ROWS, n);
        t.matrices.addOuter(Y, -0.3f, t.random(9, ROWS), 2, t.random(8, n), 1, 7, ROWS, n);
        return t.get(Y, ROWS, n);
    }

    private static <M> float[] lower(Twin<M> t, int n) {
        return t.get(t.lower(STORED, ROWS), ROWS, STORED + ROWS);
    }

    private static <M> float[] addLower(Twin<M> t, int n) {
        M Y = t.random(ROWS + 2, n);
        t.matrices.addLower(Y, 2, t.lower(STORED, ROWS), t.random(STORED + ROWS, n), STORED, ROWS, n);
        return t.get(Y, ROWS + 2, n);
    }

    private static <M> float[] addLowerTransposed(Twin<M> t, int n) {
        M Y = t.random(STORED + ROWS, n);
        t.matrices.addLowerTransposed(Y, t.lower(STORED, ROWS), t.random(ROWS + 1, n), 1, STORED, ROWS, n);
        return t.get(Y, STORED + ROWS, n);
    }

    private static <M> float[] transpose(Twin<M> t, int n) {
        M T = t.random(n, ROWS);
        t.matrices.transpose(T, -2, t.random(ROWS, n), ROWS, n);
        M Y = t.random(ROWS, ROWS);
        t.matrices.product(Y, 0, t.random(ROWS, n), 0, T, ROWS, n, ROWS);
        t.matrices.add(Y, 2, t.random(3, n), 1, T, 2, n, ROWS);
        return t.get(Y, ROWS, ROWS);
    }

    private static <M> float[] attached(Twin<M> t, int n) {
        float[] state = new float[5 + ROWS * InnerShape.padded(n)];
        M W = t.matrices.matrix(ROWS, n);
        t.matrices.attach(W, state, 5, ROWS, n);
        t.matrices.addOuter(W, 1, t.random(4, ROWS), 0, t.random(4, n), 0, 4, ROWS, n);
        t.matrices.update(W, state, 5, ROWS, n);
        t.matrices.release(W);
        return state;
    }

    private static <M> float[] scale(Twin<M> t, int n) {
        M Y = t.random(ROWS, n);
        t.math.scale(Y, 1, -2, t.random(ROWS, n), 2, ROWS - 2, n);
        t.math.scale(Y, 0, t.values(ROWS), 1, Y, 0, ROWS - 1, n);
        return t.get(Y, ROWS, n);
    }

    private static <M> float[] addRows(Twin<M> t, int n) {
        M Y = t.random(ROWS, n);
        t.math.add(Y, 1, -2, t.random(ROWS, n), 2, ROWS - 2, n);
        t.math.add(Y, 0, t.values(ROWS), 1, t.random(ROWS, n), 0, ROWS - 1, n);
        return t.get(Y, ROWS, n);
    }

    private static <M> float[] multiply(Twin<M> t, int n) {
        M Y = t.random(ROWS, n);
        t.math.multiply(Y, 1, t.random(ROWS, n), 2, t.random(ROWS, n), 0, ROWS - 2, n);
        t.math.addProduct(Y, 0, t.random(ROWS, n), 1, t.random(ROWS, n), 0, ROWS - 1, n);
        return t.get(Y, ROWS, n);
    }

    private static <M> float[] sums(Twin<M> t, int n) {
        M Y = t.random(2, n);
        t.math.addSum(Y, 1, -0.5f, t.random(ROWS, n), 2, ROWS - 2, n);
        return t.get(Y, 2, n);
    }

    private static <M> float[] dotsOfRows(Twin<M> t, int n) {
        float[] to = t.values(ROWS - 2);
        t.math.dots(to, t.random(ROWS, n), 2, t.random(ROWS, n), 1, ROWS - 2, n);
        return Arrays.copyOf(to, ROWS - 2);
    }

    private static <M> float[] normalise(Twin<M> t, int n) {
        M Z = t.random(ROWS + 1, n);
        float[] s = t.values(ROWS);
        t.math.normalise(Z, 1, s, ROWS, n);
        return join(t.get(Z, ROWS + 1, n), Arrays.copyOf(s, ROWS));
    }

    private static <M> float[] innerGradient(Twin<M> t, int n) {
        M Z = t.random(ROWS, n);
        M E = t.random(ROWS, n);
        t.math.innerGradient(t.head, Z, t.random(ROWS, n), E, 2, ROWS - 2);
        return join(
                t.get(Z, ROWS - 2, n),
                t.get(E, ROWS, n),
                t.get(t.head.delta, ROWS - 2, n),
                Arrays.copyOf(t.head.s, ROWS - 2),
                Arrays.copyOf(t.head.alongU, ROWS - 2));
    }

    /** Checks too that they are what {@link RowMath#innerGradient} makes them. */
    private static <M> float[] innerErrors(Twin<M> t, int n) {
        M Z = t.random(ROWS, n);
        M XK = t.random(ROWS, n);
        M E = t.random(ROWS, n);
        float[] z = t.get(Z, ROWS, n);
        t.math.innerErrors(t.head, Z, XK, E, 2, ROWS - 2);
        float[] errors = Arrays.copyOfRange(t.get(E, ROWS, n), 2 * n, ROWS * n);
        t.matrices.read(z, 0, n, Z, 0, ROWS, n);
        t.math.innerGradient(t.head, Z, XK, E, 2, ROWS - 2);
        assertArrayEquals(Arrays.copyOfRange(t.get(E, ROWS, n), 2 * n, ROWS * n), errors);
        return join(errors, Arrays.copyOf(t.head.s, ROWS - 2));
    }

    private static <M> float[] innerGradientBackward(Twin<M> t, int n) {
        M Z = t.random(ROWS, n);
        M XK = t.random(ROWS, n);
        t.math.innerGradient(t.head, Z, XK, t.random(ROWS, n), 2, ROWS - 2);
        InnerHeadGradient<M> to = new InnerHeadGradient<>(t.head, InnerShape.linear(1, n, ROWS));
        M dXK = t.random(ROWS, n);
        M dZ = t.random(ROWS, n);
        t.math.innerGradientBackward(to, Z, XK, t.random(ROWS, n), dXK, 2, dZ, ROWS - 2);
        return join(
                t.get(dXK, ROWS, n),
                t.get(dZ, ROWS - 2, n),
                t.get(to.dXV, ROWS, n),
                t.get(to.dGamma, 1, n),
                t.get(to.dBeta, 1, n),
                Arrays.copyOf(to.dRate, ROWS - 2));
    }

    private static <M> float[] outputGradient(Twin<M> t, int n) {
        InnerHeadGradient<M> to = new InnerHeadGradient<>(t.head, InnerShape.linear(1, n, ROWS));
        M R = t.random(ROWS, n);
        t.math.outputGradient(to, t.random(ROWS, n), 1, t.random(ROWS, n), 0, R, 2, ROWS - 2);
        return join(t.get(R, ROWS, n), t.get(to.dGamma, 1, n), t.get(to.dBeta, 1, n));
    }

    private static <M> float[] output(Twin<M> t, int n) {
        float[] out = new float[3 + ROWS * (n + 2)];
        t.math.output(t.head, t.random(ROWS + 1, n), 1, t.random(ROWS + 2, n), 2, out, 3, n + 2, ROWS);
        return out;
    }

    private static <M> float[] gelu(Twin<M> t, int n) {
        M Z = t.random(ROWS, n);
        t.math.scale(Z, 0, 4, Z, 0, ROWS, n);
        M value = t.random(ROWS, n);
        t.math.gelu(Z, 1, value, 2, ROWS - 2, n);
        M again = t.random(ROWS, n);
        M slope = t.random(ROWS, n);
        t.math.gelu(Z, 2, again, 1, slope, ROWS - 2, n);
        M last = t.random(ROWS, n);
        M lastSlope = t.random(ROWS, n);
        M curvature = t.random(ROWS, n);
        t.math.gelu(Z, 0, last, 0, lastSlope, curvature, ROWS, n);
        return join(
                t.get(value, ROWS, n),
                t.get(again, ROWS, n),
                t.get(slope, ROWS, n),
                t.get(last, ROWS, n),
                t.get(lastSlope, ROWS, n),
                t.get(curvature, ROWS, n));
    }
}
