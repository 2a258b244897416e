package org.ttt4j.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.ttt4j.tensor.TttException;

class FusedInnerLoopTest {

    private static final Workers ALONE = new Workers(1);
    private static final Workers TWO = new Workers(2);
    private static final Workers THREE = new Workers(3);

    @AfterAll
    static void close() {
        TWO.close();
        THREE.close();
    }

    record Case(String kernel, InnerShape shape) {
        FusedInnerLoop loop(Workers workers) {
            return new FusedInnerLoop(InnerKernels.named(kernel), shape, workers);
        }

        /** The same bits; where a BLAS chooses the order of sums by the number of rows, the same up to rounding. */
        void assertSame(float[] expected, float[] actual, String what) {
            if (kernel.equals(BlasInnerKernel.NAME)) {
                double error = InnerCase.error(actual, InnerCase.widen(expected));
                assertTrue(error < 5e-6, what + ": " + error);
            } else {
                assertArrayEquals(expected, actual, what);
            }
        }
    }

    /** Every shape on every kernel. */
    static Stream<Case> cases() {
        return InnerKernels.names().stream().flatMap(kernel -> shapes().map(shape -> new Case(kernel, shape)));
    }

    private static Stream<InnerShape> shapes() {
        return Stream.of(
                InnerShape.linear(1, 4, 1),
                InnerShape.linear(3, 6, 4),
                InnerShape.linear(2, 12, 16),
                InnerShape.linear(1, 20, 5),
                InnerShape.linear(2, 64, 16),
                InnerShape.linear(1, 6, 100),
                InnerShape.linear(1, 64, 100),
                InnerShape.mlp(1, 4, 4),
                InnerShape.mlp(3, 6, 1),
                InnerShape.mlp(2, 12, 16),
                InnerShape.mlp(1, 20, 40),
                InnerShape.mlp(1, 64, 16));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void equalsThePrimalForm(Case x) {
        InnerShape shape = x.shape();
        InnerCase c = new InnerCase(shape, 1);
        int k = shape.miniBatch();
        for (int length : new int[] {1, k - 1, k, k + 1, 2 * k + 3, 37}) {
            InnerBuffers state = c.state(2);
            PrimalTwin[][] twins = c.twins(2);
            InnerChunk chunk = c.chunk(new int[2], new int[] {length, Math.max(0, length - 2)}, length);
            float[] out = new float[chunk.q().length];
            x.loop(ALONE).forward(c.weights, state, chunk, out);
            assertTrue(InnerCase.error(out, c.run(twins, chunk)) < 2e-5, "out, length " + length);
            for (int b = 0; b < 2; b++) {
                compare(shape, state.weights(b), state.sums(b), twins[b], "length " + length);
            }
        }
    }

    private static void compare(InnerShape shape, FastWeights w, FastWeights g, PrimalTwin[] twins, String what) {
        for (int h = 0; h < shape.heads(); h++) {
            assertClose(w.W1(), shape, h, twins[h].W1, what + " W1");
            assertClose(w.b1(), shape, h, twins[h].b1, what + " b1");
            assertClose(w.W2(), shape, h, twins[h].W2, what + " W2");
            assertClose(w.b2(), shape, h, twins[h].b2, what + " b2");
            assertClose(g.W1(), shape, h, twins[h].G1, what + " G1");
            assertClose(g.b1(), shape, h, twins[h].g1, what + " g1");
            assertClose(g.W2(), shape, h, twins[h].G2, what + " G2");
            assertClose(g.b2(), shape, h, twins[h].g2, what + " g2");
        }
    }

    private static void assertClose(float[] all, InnerShape shape, int head, double[] expected, String what) {
        int n = all.length / shape.heads();
        double error = InnerCase.error(Arrays.copyOfRange(all, head * n, (head + 1) * n), expected);
        assertTrue(error < 2e-5, what + " of head " + head + ": " + error);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void anySplitGivesTheSame(Case x) {
        InnerShape shape = x.shape();
        InnerCase c = new InnerCase(shape, 2);
        int length = 2 * shape.miniBatch() + 7;
        InnerChunk whole = c.chunk(new int[1], new int[] {length}, length);
        InnerBuffers state = c.state(1);
        float[] out = new float[whole.q().length];
        x.loop(ALONE).forward(c.weights, state, whole, out);
        for (int[] cuts : new int[][] {{1}, {2, 3}, {5, 6, 11}, {shape.miniBatch(), shape.miniBatch() + 1}}) {
            InnerBuffers piecewise = c.state(1);
            float[] joined = new float[out.length];
            int at = 0;
            for (int cut : cuts) {
                at = piece(x, c, piecewise, whole, at, Math.min(cut, length), joined);
            }
            while (at < length && cuts.length == 1) {
                at = piece(x, c, piecewise, whole, at, at + 1, joined);
            }
            piece(x, c, piecewise, whole, at, length, joined);
            x.assertSame(out, joined, Arrays.toString(cuts));
            x.assertSame(state.weights(), piecewise.weights(), "weights");
            x.assertSame(state.sums(0).W1(), piecewise.sums(0).W1(), "sums of W1");
            x.assertSame(state.sums(0).b2(), piecewise.sums(0).b2(), "sums of b2");
        }
    }

    private static int piece(
            Case x, InnerCase c, InnerBuffers state, InnerChunk whole, int from, int to, float[] joined) {
        int channels = c.shape.channels();
        int heads = c.shape.heads();
        InnerChunk part = new InnerChunk(
                Arrays.copyOfRange(whole.q(), from * channels, to * channels),
                Arrays.copyOfRange(whole.k(), from * channels, to * channels),
                Arrays.copyOfRange(whole.v(), from * channels, to * channels),
                Arrays.copyOfRange(whole.rate(), from * heads, to * heads),
                new int[] {from},
                new int[] {to - from},
                to - from);
        float[] out = new float[part.q().length];
        x.loop(ALONE).forward(c.weights, state, part, out);
        System.arraycopy(out, 0, joined, from * channels, out.length);
        return to;
    }

    @ParameterizedTest
    @MethodSource("cases")
    void raggedBatchesAdvanceEachSequenceAlone(Case x) {
        InnerShape shape = x.shape();
        InnerCase c = new InnerCase(shape, 3);
        int k = shape.miniBatch();
        InnerBuffers state = c.state(4);
        PrimalTwin[][] twins = c.twins(4);
        int[] position = new int[4];
        for (int[] length : new int[][] {{3, 0, k, 1}, {0, 5, 1, k + 1}, {2, 2, 2, 2}, {k, 1, 0, 7}}) {
            InnerChunk chunk = c.chunk(position.clone(), length, k + 7);
            double[] expected = c.run(twins, chunk);
            poisonPadding(shape, chunk);
            float[] out = new float[chunk.q().length];
            Arrays.fill(out, Float.NaN);
            x.loop(TWO).forward(c.weights, state, chunk, out);
            assertTrue(InnerCase.error(out, expected) < 2e-5);
            for (int b = 0; b < 4; b++) {
                compare(shape, state.weights(b), state.sums(b), twins[b], "sequence " + b);
                position[b] += length[b];
            }
        }
    }

    static void poisonPadding(InnerShape s, InnerChunk chunk) {
        for (int b = 0; b < chunk.batch(); b++) {
            int from = (b * chunk.columns() + chunk.length()[b]) * s.channels();
            int to = (b + 1) * chunk.columns() * s.channels();
            Arrays.fill(chunk.q(), from, to, Float.NaN);
            Arrays.fill(chunk.k(), from, to, Float.NaN);
            Arrays.fill(chunk.v(), from, to, Float.NaN);
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void threadsNeverChangeABit(Case x) {
        InnerShape shape = x.shape();
        InnerCase c = new InnerCase(shape, 4);
        int n = shape.miniBatch() + 3;
        InnerChunk chunk = c.chunk(new int[3], new int[] {n, n - 1, 2}, n);
        float[] dOut = c.gaussian(chunk.q().length, 1);
        float[][] first = null;
        for (Workers workers : new Workers[] {ALONE, TWO, THREE}) {
            InnerBuffers state = c.state(3);
            float[] out = new float[chunk.q().length];
            InnerTrace trace = x.loop(workers).trace(c.weights, state, chunk, out, 0);
            InnerGradients g = InnerGradientTest.gradients(shape, chunk);
            x.loop(workers).backward(trace, dOut, g);
            float[][] all = {
                out,
                state.weights(),
                g.q(),
                g.k(),
                g.v(),
                g.rate(),
                g.gamma(),
                g.beta(),
                g.a(),
                g.start().W1(),
                g.start().b1(),
                g.start().W2(),
                g.start().b2()
            };
            if (first == null) {
                first = all;
            }
            for (int i = 0; i < all.length; i++) {
                assertArrayEquals(first[i], all[i], workers.threads() + " threads, array " + i);
            }
        }
    }

    @Test
    void branchesGoTheirOwnWays() {
        InnerShape shape = InnerShape.mlp(2, 6, 40); // rows, and sums after the first 16
        InnerCase c = new InnerCase(shape, 5);
        InnerBuffers state = c.state(2);
        FusedInnerLoop loop = new Case(InnerKernels.best().name(), shape).loop(ALONE);
        InnerChunk prompt = c.chunk(new int[2], new int[] {21, 9}, 21);
        loop.forward(c.weights, state, prompt, new float[prompt.q().length]);
        InnerBuffers kept = state.copy();
        InnerBuffers fork = state.select(new int[] {1, 0, 1});
        InnerChunk next = c.chunk(new int[] {9, 21, 9}, new int[] {8, 8, 3}, 8);
        float[] out = new float[next.q().length];
        loop.forward(c.weights, fork, next, out);

        assertArrayEquals(kept.weights(), state.weights());
        assertArrayEquals(kept.sums(0).W1(), state.sums(0).W1());
        assertEquals(5, state.rowCount(0));
        assertTrue(state.summed(0));
        InnerBuffers single = kept.select(new int[] {0});
        int n = 8 * shape.channels();
        InnerChunk alone = new InnerChunk(
                Arrays.copyOfRange(next.q(), n, 2 * n),
                Arrays.copyOfRange(next.k(), n, 2 * n),
                Arrays.copyOfRange(next.v(), n, 2 * n),
                Arrays.copyOfRange(next.rate(), 16, 32),
                new int[] {21},
                new int[] {8},
                8);
        float[] expected = new float[n];
        loop.forward(c.weights, single, alone, expected);
        assertArrayEquals(expected, Arrays.copyOfRange(out, n, 2 * n));
        assertArrayEquals(single.sums(0).W2(), fork.sums(1).W2());
        assertThrows(TttException.class, () -> state.select(new int[] {2}));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void continuesFromWeightsAndSumsAlone(Case x) {
        InnerShape shape = x.shape();
        InnerCase c = new InnerCase(shape, 6);
        int k = shape.miniBatch();
        int seen = k + Math.min(k - 1, 5);
        InnerBuffers state = c.state(1);
        InnerChunk prompt = c.chunk(new int[1], new int[] {seen}, seen);
        x.loop(ALONE).forward(c.weights, state, prompt, new float[prompt.q().length]);
        InnerBuffers imported = new InnerBuffers(shape, 1);
        if (seen % k == 0) {
            imported.reset(0, state.weights(0));
        } else {
            imported.set(0, state.weights(0), state.sums(0));
            assertEquals(0, imported.rowCount(0));
        }
        InnerChunk next = c.chunk(new int[] {seen}, new int[] {k + 4}, k + 4);
        float[] expected = new float[next.q().length];
        float[] out = new float[next.q().length];
        x.loop(ALONE).forward(c.weights, state, next, expected);
        x.loop(ALONE).forward(c.weights, imported, next, out);
        assertTrue(InnerCase.error(out, InnerCase.widen(expected)) < 2e-5);
        assertTrue(InnerCase.error(
                        imported.sums(0).W1(), InnerCase.widen(state.sums(0).W1()))
                < 2e-5);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void continuesBitForBitFromExportedParts(Case x) {
        InnerShape shape = x.shape();
        InnerCase c = new InnerCase(shape, 8);
        int seen = shape.miniBatch() + Math.min(shape.miniBatch() - 1, 19);
        InnerBuffers state = c.state(1);
        InnerChunk prompt = c.chunk(new int[1], new int[] {seen}, seen);
        x.loop(ALONE).forward(c.weights, state, prompt, new float[prompt.q().length]);
        InnerBuffers restored = new InnerBuffers(shape, 1);
        restored.set(0, state.weights(0), state.rows(0), state.summed(0) ? state.folded(0) : null);
        InnerChunk next = c.chunk(new int[] {seen}, new int[] {9}, 9);
        float[] expected = new float[next.q().length];
        float[] out = new float[next.q().length];
        x.loop(ALONE).forward(c.weights, state, next, expected);
        x.loop(ALONE).forward(c.weights, restored, next, out);
        assertArrayEquals(expected, out);
        assertArrayEquals(state.sums(0).W1(), restored.sums(0).W1());
    }

    @Test
    void refusesWhatDoesNotFitAndChangesNothing() {
        InnerShape shape = InnerShape.linear(2, 6, 4);
        InnerCase c = new InnerCase(shape, 7);
        InnerBuffers state = c.state(1);
        float[] before = state.weights().clone();
        FusedInnerLoop loop = new Case(InnerKernels.best().name(), shape).loop(ALONE);
        InnerChunk wrongPlace = c.chunk(new int[] {3}, new int[] {4}, 4);
        TttException e = assertThrows(
                TttException.class, () -> loop.forward(c.weights, state, wrongPlace, new float[wrongPlace.q().length]));
        assertTrue(e.getMessage().contains("inner state of sequence 0"), e.getMessage());
        InnerChunk tooLong = c.chunk(new int[1], new int[] {5}, 4);
        assertThrows(TttException.class, () -> loop.forward(c.weights, state, tooLong, new float[tooLong.q().length]));
        InnerChunk right = c.chunk(new int[1], new int[] {4}, 4);
        assertThrows(TttException.class, () -> loop.forward(c.weights, state, right, new float[3]));
        assertThrows(TttException.class, () -> InnerShape.linear(0, 4, 4));
        assertArrayEquals(before, state.weights());
    }

    @Test
    void rowLimitBoundsLargeMiniBatchesOnly() {
        assertEquals(16, InnerShape.linear(1, 8, 16).rowLimit());
        assertEquals(16, InnerShape.linear(1, 8, 17).rowLimit());
        assertEquals(32, InnerShape.linear(1, 64, 100).rowLimit());
        assertEquals(30, InnerShape.linear(1, 64, 30).rowLimit());
    }
}
