package org.ttt4j.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every loop of the vector kernel against the same loop of the scalar one, on the same random matrices. */
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
            for (M x : List.of(head.XQ, head.XV, head.Zq, head.u, head.delta)) {
                fill(x, ROWS, n);
            }
            System.arraycopy(values(ROWS), 0, head.s, 0, ROWS);
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
            matrices.lower(P, 0.5f, random(rows, n), random(stored + rows, n), stored, rows, n);
            return P;
        }
    }

    private interface Loop {
        <M> float[] run(Twin<M> twin, int n);
    }

    private static void assertAgree(String what, int n, Loop loop) {
        int width = Math.max(n, STORED + ROWS);
        float[] expected = loop.run(new Twin<>(new ScalarMatrices(), new ScalarRowMath(width), n), n);
        float[] actual = loop.run(new Twin<>(new VectorMatrices(STORED + ROWS, width), new VectorRowMath(ROWS), n), n);
        assertEquals(expected.length, actual.length);
        double error = InnerCase.error(actual, InnerCase.widen(expected));
        assertTrue(error < 5e-6, what + ", width " + n + ": " + error);
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
        assertAgree("add", n, KernelTwinTest::add);
        assertAgree("addOuter", n, KernelTwinTest::addOuter);
        assertAgree("lower", n, KernelTwinTest::lower);
        assertAgree("addLower", n, KernelTwinTest::addLower);
        assertAgree("addLowerTransposed", n, KernelTwinTest::addLowerTransposed);
        assertAgree("transpose", n, KernelTwinTest::transpose);
        assertAgree("dotsWithRows", n, KernelTwinTest::dotsWithRows);
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
        assertAgree("project", n, KernelTwinTest::project);
        assertAgree("innerGradient", n, KernelTwinTest::innerGradient);
        assertAgree("throughNorm", n, KernelTwinTest::throughNorm);
        assertAgree("output", n, KernelTwinTest::output);
        assertAgree("gelu", n, KernelTwinTest::gelu);
    }

    private static <M> float[] affine(Twin<M> t, int n) {
        M Y = t.random(ROWS, n);
        t.matrices.affine(Y, t.random(ROWS + 2, 11), 2, t.random(12, n), ROWS, 11, n);
        return t.get(Y, ROWS, n);
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
        M Y = t.random(ROWS, n);
        t.matrices.addLower(Y, t.lower(STORED, ROWS), t.random(STORED + ROWS, n), STORED, ROWS, n);
        return t.get(Y, ROWS, n);
    }

    private static <M> float[] addLowerTransposed(Twin<M> t, int n) {
        M Y = t.random(STORED + ROWS, n);
        t.matrices.addLowerTransposed(Y, t.lower(STORED, ROWS), t.random(ROWS, n), STORED, ROWS, n);
        return t.get(Y, STORED + ROWS, n);
    }

    private static <M> float[] transpose(Twin<M> t, int n) {
        M T = t.random(n, ROWS);
        t.matrices.transpose(T, -2, t.random(ROWS, n), ROWS, n);
        return t.get(T, n, ROWS);
    }

    private static <M> float[] dotsWithRows(Twin<M> t, int n) {
        M Y = t.random(3, ROWS);
        t.matrices.dots(Y, t.random(3, n), t.random(ROWS, n), 3, ROWS, n);
        return t.get(Y, 3, ROWS);
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
        t.math.multiplyEach(Y, Y, t.random(1, n), ROWS, n);
        return t.get(Y, ROWS, n);
    }

    private static <M> float[] sums(Twin<M> t, int n) {
        M Y = t.random(2, n);
        t.math.addSum(Y, 1, -0.5f, t.random(ROWS, n), 2, ROWS - 2, n);
        t.math.addSumOfProducts(Y, t.random(ROWS, n), t.random(ROWS, n), ROWS, n);
        return t.get(Y, 2, n);
    }

    private static <M> float[] dotsOfRows(Twin<M> t, int n) {
        float[] to = new float[ROWS - 2];
        t.math.dots(to, t.random(ROWS, n), 2, t.random(ROWS, n), 1, ROWS - 2, n);
        return to;
    }

    private static <M> float[] normalise(Twin<M> t, int n) {
        M Z = t.random(ROWS, n);
        float[] s = new float[InnerShape.padded(ROWS)];
        t.math.normalise(Z, s, ROWS, n);
        return join(t.get(Z, ROWS, n), Arrays.copyOf(s, ROWS));
    }

    private static <M> float[] project(Twin<M> t, int n) {
        M Y = t.random(ROWS, n);
        t.math.project(t.random(ROWS, n), t.random(ROWS, n), t.values(ROWS), Y, ROWS, n);
        return t.get(Y, ROWS, n);
    }

    private static <M> float[] innerGradient(Twin<M> t, int n) {
        t.math.innerGradient(t.head, t.random(ROWS, n), t.random(ROWS, n), 2, ROWS - 2);
        return join(t.get(t.head.e, ROWS, n), t.get(t.head.u, ROWS, n), t.get(t.head.delta, ROWS, n));
    }

    private static <M> float[] throughNorm(Twin<M> t, int n) {
        M dZ = t.random(ROWS, n);
        t.math.throughNorm(t.head, t.random(ROWS, n), t.random(ROWS, n), t.random(ROWS, n), dZ, ROWS);
        return t.get(dZ, ROWS, n);
    }

    private static <M> float[] output(Twin<M> t, int n) {
        float[] out = new float[3 + ROWS * (n + 2)];
        t.math.output(t.head, out, 3, n + 2, ROWS);
        return out;
    }

    private static <M> float[] gelu(Twin<M> t, int n) {
        M X = t.random(ROWS, n);
        M slope = t.random(ROWS, n);
        M curvature = t.random(ROWS, n);
        M Z = t.random(ROWS, n);
        t.math.scale(Z, 0, 4, Z, 0, ROWS, n);
        t.math.gelu(Z, X, 2, slope, ROWS - 2, n);
        t.math.curvature(Z, curvature, ROWS, n);
        return join(t.get(X, ROWS, n), t.get(slope, ROWS, n), t.get(curvature, ROWS, n));
    }
}
