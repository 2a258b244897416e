package org.ttt4j.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the BLAS kernel does with memory, by products that count it: plain loops on arrays. */
class BlasKernelTest {

    /** Multiplies in double precision. */
    private static final class Counted implements SmallProducts {

        private final List<Values> open = new ArrayList<>();
        private int allocated;

        private final class Values implements Memory {

            private float[] values;

            @Override
            public void put(int at, float[] from, int fromAt, int n) {
                System.arraycopy(from, fromAt, values, at, n);
            }

            @Override
            public void get(int at, float[] to, int toAt, int n) {
                System.arraycopy(values, at, to, toAt, n);
            }

            @Override
            public void close() {
                assertTrue(open.remove(this), "closed once");
                values = null;
            }
        }

        @Override
        public String name() {
            return "counted";
        }

        @Override
        public Memory allocate(int floats) {
            Values memory = new Values();
            memory.values = new float[floats];
            open.add(memory);
            allocated++;
            return memory;
        }

        @Override
        public void multiply(
                boolean transposedA,
                boolean transposedB,
                int m,
                int n,
                int k,
                float alpha,
                Memory a,
                int aAt,
                int lda,
                Memory b,
                int bAt,
                int ldb,
                float beta,
                Memory c,
                int cAt,
                int ldc) {
            float[] A = ((Values) a).values;
            float[] B = ((Values) b).values;
            float[] C = ((Values) c).values;
            for (int i = 0; i < m; i++) {
                for (int j = 0; j < n; j++) {
                    double sum = 0;
                    for (int p = 0; p < k; p++) {
                        double x = A[aAt + (transposedA ? p * lda + i : i * lda + p)];
                        sum += x * B[bAt + (transposedB ? j * ldb + p : p * ldb + j)];
                    }
                    int at = cAt + i * ldc + j;
                    C[at] = (float) (alpha * sum + (beta == 0 ? 0 : beta * C[at]));
                }
            }
        }
    }

    private static final InnerShape[] SHAPES = {
        InnerShape.linear(1, 5, 3),
        InnerShape.linear(3, 6, 16),
        InnerShape.linear(2, 7, 40), // folds every 16 rows
        InnerShape.mlp(1, 3, 16),
        InnerShape.mlp(3, 6, 40)
    };

    /** Everything that a forward and a backward give. */
    private static List<float[]> results(InnerKernel kernel, InnerShape shape, int length) {
        InnerCase c = new InnerCase(shape, 3);
        InnerChunk chunk = c.chunk(new int[1], new int[] {length}, length);
        float[] dOut = c.gaussian(chunk.q().length, 1);
        float[] out = new float[dOut.length];
        InnerBuffers state = c.state(1);
        InnerGradients g = InnerGradientTest.gradients(shape, chunk);
        try (FusedInnerLoop loop = new FusedInnerLoop(kernel, shape, new Workers(1))) {
            loop.backward(loop.trace(c.weights, state, chunk, out, 2), dOut, g);
        }
        FastWeights start = g.start();
        FastWeights sums = state.sums(0);
        return List.of(
                out,
                state.weights(),
                sums.W1(),
                sums.b1(),
                sums.W2(),
                sums.b2(),
                g.q(),
                g.k(),
                g.v(),
                g.rate(),
                g.gamma(),
                g.beta(),
                g.a(),
                start.W1(),
                start.b1(),
                start.W2(),
                start.b2());
    }

    @Test
    void equalsTheScalarKernelOnAnyProducts() {
        for (InnerShape shape : SHAPES) {
            int k = shape.miniBatch();
            for (int length : new int[] {1, k - 1, k, k + 1, 37}) {
                List<float[]> expected = results(new ScalarInnerKernel(), shape, length);
                List<float[]> actual = results(new BlasInnerKernel(new Counted()), shape, length);
                for (int i = 0; i < expected.size(); i++) {
                    double limit = i == 0 ? 5e-6 : 5e-5;
                    double error = InnerCase.error(actual.get(i), InnerCase.widen(expected.get(i)));
                    assertTrue(error < limit, shape + ", length " + length + ", array " + i + ": " + error);
                }
            }
        }
    }

    @Test
    void memoryIsAllocatedOnceAndGivenBack() {
        for (InnerShape shape : SHAPES) {
            InnerCase c = new InnerCase(shape, 4);
            Counted products = new Counted();
            InnerChunk chunk = c.chunk(new int[2], new int[] {37, 20}, 37);
            float[] out = new float[chunk.q().length];
            InnerGradients g = InnerGradientTest.gradients(shape, chunk);
            FusedInnerLoop loop = new FusedInnerLoop(new BlasInnerKernel(products), shape, new Workers(1));
            loop.backward(loop.trace(c.weights, c.state(2), chunk, out, 2), out, g);
            int first = products.allocated;
            loop.backward(loop.trace(c.weights, c.state(2), chunk, out, 2), out, g);
            assertEquals(first, products.allocated);
            loop.close();
            assertEquals(0, products.open.size());
        }
    }

    /** Matrices' other rows, and zeros above the diagonal, whatever was there. */
    @Test
    void bothSidesOfAMatrixAgree() {
        Counted products = new Counted();
        TwofoldMatrix x = new TwofoldMatrix(products, 5, 3);
        int stride = x.stride();
        float[] four = new float[4 * stride];
        for (int i = 0; i < four.length; i++) {
            four[i] = i;
        }
        x.load(four, 0, 0, 4);
        assertEquals(stride, x.read(1, 1)[stride]);
        x.change(2, 1)[2 * stride] = -1;
        float[] back = new float[5 * stride];
        x.readMemory(2, 1).get(0, back, 0, 5 * stride);
        assertEquals(-1, back[2 * stride]);
        assertEquals(3 * stride, back[3 * stride]);
        x.write(4, 1)[4 * stride] = 7;
        x.changeMemory(0, 1).put(0, new float[] {5}, 0, 1);
        assertEquals(7, x.read(4, 1)[4 * stride]);
        assertEquals(5, x.read(0, 1)[0]);
        x.unload(back, 0, 0, 5);
        assertEquals(7, back[4 * stride]);
        x.write(0, 2)[0] = 9;
        x.writeMemory(0, 3).put(0, new float[] {6}, 0, 1);
        assertEquals(6, x.read(0, 3)[0]);
    }

    /** Compiled, a chunk leaves little more than its segments, however many products it takes. */
    @Test
    void productsMakeNoGarbage() {
        InnerShape shape = InnerShape.linear(1, 16, 16);
        InnerKernel kernel = InnerKernels.named(BlasInnerKernel.NAME);
        InnerCase c = new InnerCase(shape, 5);
        InnerChunk chunk = c.chunk(new int[1], new int[] {512}, 512);
        InnerBuffers state = c.state(1);
        float[] out = new float[chunk.q().length];
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long id = Thread.currentThread().getId();
        long least = Long.MAX_VALUE;
        try (FusedInnerLoop loop = new FusedInnerLoop(kernel, shape, new Workers(1))) {
            for (int i = 0; i < 40; i++) {
                state.reset(0, c.learned);
                long before = threads.getThreadAllocatedBytes(id);
                loop.forward(c.weights, state, chunk, out);
                least = Math.min(least, threads.getThreadAllocatedBytes(id) - before);
            }
        }
        assertTrue(
                least < 512 * 32, least + " bytes"); // a mini-batch's products and copies would make a hundred objects
    }
}
