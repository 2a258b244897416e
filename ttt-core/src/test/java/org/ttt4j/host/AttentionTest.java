package org.ttt4j.host;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.ttt4j.kernel.InnerKernels;
import org.ttt4j.ops.Attention;
import org.ttt4j.ops.Chunk;
import org.ttt4j.ops.Executor;
import org.ttt4j.ops.Ops;
import org.ttt4j.ops.SequenceState;
import org.ttt4j.ops.State;
import org.ttt4j.param.WeightSource;
import org.ttt4j.reference.InnerForm;
import org.ttt4j.reference.Nd4jOps;
import org.ttt4j.tensor.Tensors;
import org.ttt4j.tensor.TttException;

/** Attention on the fused executor: against the reference in float64, and its laws bit by bit. */
class AttentionTest {

    /** Head sizes around vectors' lengths; lengths around blocks; a prefix that ends inside a block; padding; spans. */
    @ParameterizedTest
    @CsvSource({
        "1, 1, 2, 0, 1, 1",
        "2, 1, 6, 3, 5, 2",
        "3, 3, 10, 63, 64, 1",
        "4, 2, 12, 61, 131, 70",
        "3, 1, 16, 130, 20, 17",
        "4, 4, 24, 0, 65, 64",
        "2, 2, 64, 100, 129, 3",
        "6, 2, 40, 1030, 3, 1",
        "2, 1, 8, 1020, 70, 69"
    })
    void matchesReference(int heads, int keyValueHeads, int size, int before, int length, int shorter) {
        Attention attention = new Attention("attention", heads, keyValueHeads, size);
        long keys = (long) keyValueHeads * size;
        Twin twin = new Twin(length, Twin.param("unused", 1))
                .input(1.5, 3, length, (long) heads * size)
                .input(1.5, 3, length, keys)
                .input(3, length, keys)
                .input(3, Math.max(1, before), (long) heads * size)
                .input(3, Math.max(1, before), keys)
                .input(3, Math.max(1, before), keys)
                .lengths(length, shorter, 0);
        twin.check(new Twin.Body() {
            @Override
            public <A> List<A> run(Ops<A> ops, List<A> in) {
                SequenceState state = SequenceState.create(ops, List.of(attention), 3);
                Chunk past = state.chunk(before, 0, before / 2);
                if (before > 0) {
                    ops.attention(attention, in.get(3), in.get(4), in.get(5), past);
                }
                past.finish();
                return List.of(
                        ops.attention(attention, in.get(0), in.get(1), in.get(2), state.chunk(length, shorter, 0)));
            }
        });
    }

    /** Scores of any size: weights neither overflow nor vanish together, and rising maxima scale what was summed. */
    @Test
    void farApartScores() {
        Attention attention = new Attention("attention", 2, 2, 16);
        for (double scale : new double[] {0, 10, 60}) {
            new Twin(5, Twin.param("unused", 1))
                    .input(scale, 1, 200, 32)
                    .input(1, 200, 32)
                    .input(1, 200, 32)
                    .check(new Twin.Body() {
                        @Override
                        public <A> List<A> run(Ops<A> ops, List<A> in) {
                            SequenceState state = SequenceState.create(ops, List.of(attention), 1);
                            return List.of(ops.attention(attention, in.get(0), in.get(1), in.get(2), state.chunk(200)));
                        }
                    });
        }
    }

    private static final Attention GROUPED = new Attention("attention", 4, 2, 12);

    /** What ran it, and how far two ways to the same numbers may be apart: not at all on the fused executor. */
    private record Runner(String name, double tolerance) {
        Executor<?> open(int threads) {
            return name.equals("reference")
                    ? new Nd4jOps(DataType.DOUBLE, InnerForm.DUAL, List.of(), WeightSource.init(1))
                    : new HostOps(List.of(), WeightSource.init(1), threads, name);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Runner> runners() {
        return Stream.concat(
                Stream.of(new Runner("reference", 1e-12)),
                InnerKernels.names().stream().map(name -> new Runner(name, 0)));
    }

    /** q, k and v of two sequences. */
    private static List<INDArray> tokens(int length, int seed) {
        Random random = new Random(seed);
        return List.of(
                Twin.gaussian(random, 2, 2, length, 48),
                Twin.gaussian(random, 1, 2, length, 24),
                Twin.gaussian(random, 1, 2, length, 24));
    }

    /** The result for real tokens from..to of every sequence; moves the state on. */
    private static <A> double[] read(Ops<A> ops, List<INDArray> qkv, SequenceState state, int from, int... to) {
        int longest = Math.max(1, Arrays.stream(to).max().orElse(0) - from);
        List<A> in = qkv.stream().map(x -> ops.in(columns(x, from, longest))).toList();
        Chunk chunk =
                state.chunk(Arrays.stream(to).map(t -> Math.max(0, t - from)).toArray());
        A y = ops.attention(GROUPED, in.get(0), in.get(1), in.get(2), chunk);
        chunk.finish();
        return Tensors.toDoubles(ops.out(y));
    }

    private static INDArray columns(INDArray x, int from, int n) {
        int width = (int) x.size(2);
        double[] all = Tensors.toDoubles(x);
        double[] part = new double[(int) x.size(0) * n * width];
        for (int b = 0; b < x.size(0); b++) {
            int length = Math.min(n, (int) x.size(1) - from);
            System.arraycopy(all, (b * (int) x.size(1) + from) * width, part, b * n * width, length * width);
        }
        return Tensors.of(part, x.size(0), n, width);
    }

    private static double[] rows(double[] y, int sequence, int columns, int from, int to) {
        return Arrays.copyOfRange(y, (sequence * columns + from) * 48, (sequence * columns + to) * 48);
    }

    private static SequenceState state(Ops<?> ops, int batch) {
        return SequenceState.create(ops, List.of(GROUPED), batch);
    }

    /** One chunk or many, on one thread or three: the same bits. */
    @ParameterizedTest
    @MethodSource("runners")
    void splitLaw(Runner runner) {
        int n = 1100;
        List<INDArray> x = tokens(n, 1);
        try (Executor<?> one = runner.open(1);
                Executor<?> three = runner.open(3)) {
            double[] whole = read(one, x, state(one, 2), 0, n, n);
            assertArrayEquals(whole, read(three, x, state(three, 2), 0, n, n), runner.tolerance);
            SequenceState state = state(three, 2);
            int from = 0;
            for (int length : new int[] {1, 62, 1, 1, 300, 15, 16, 17, 500, 64, 1, 100, 1, 21}) {
                double[] y = read(three, x, state, from, from + length, from + length);
                for (int b = 0; b < 2; b++) {
                    assertArrayEquals(
                            rows(whole, b, n, from, from + length), rows(y, b, length, 0, length), runner.tolerance);
                }
                from += length;
            }
            assertEquals(n, from);
        }
    }

    /** Many heads write token by token, side by side, with scores that stay where they are and with ones that rise. */
    @ParameterizedTest
    @CsvSource({"14, 64, 1", "14, 64, 40", "9, 128, 30"})
    void writingGivesTheBitsOfReading(int heads, int size, double scale) {
        Attention attention = new Attention("attention", heads, heads, size);
        int n = 1300;
        int width = heads * size;
        Random random = new Random(9);
        List<INDArray> x = List.of(
                Twin.gaussian(random, scale, 1, n, width),
                Twin.gaussian(random, 1, 1, n, width),
                Twin.gaussian(random, 1, 1, n, width));
        for (String kernel : InnerKernels.names()) {
            try (HostOps ops = new HostOps(List.of(), WeightSource.init(1), 2, kernel)) {
                SequenceState whole = SequenceState.create(ops, List.of(attention), 1);
                List<HostArray> in = x.stream().map(ops::in).toList();
                float[] expected = ops.attention(attention, in.get(0), in.get(1), in.get(2), whole.chunk(n))
                        .data();
                SequenceState state = SequenceState.create(ops, List.of(attention), 1);
                int from = 0;
                for (int length : new int[] {1215, 1, 1, n - 1219, 1, 1}) {
                    int at = from;
                    List<HostArray> part =
                            x.stream().map(t -> ops.in(columns(t, at, length))).toList();
                    Chunk chunk = state.chunk(length);
                    float[] y = ops.attention(attention, part.get(0), part.get(1), part.get(2), chunk)
                            .data();
                    chunk.finish();
                    from += length;
                    assertArrayEquals(Arrays.copyOfRange(expected, at * width, from * width), y, kernel);
                }
                assertEquals(n, from);
            }
        }
    }

    /** Later tokens, other sequences and padding change nothing; padding gives 0. */
    @ParameterizedTest
    @MethodSource("runners")
    void causalAndIndependent(Runner runner) {
        List<INDArray> x = tokens(150, 2);
        List<INDArray> other = tokens(150, 3);
        try (Executor<?> ops = runner.open(2)) {
            double[] y = read(ops, x, state(ops, 2), 0, 150, 90);
            assertTrue(Arrays.stream(rows(y, 1, 150, 90, 150)).allMatch(v -> v == 0));
            for (int i = 0; i < 3; i++) {
                double[] values = Tensors.toDoubles(x.get(i));
                double[] others = Tensors.toDoubles(other.get(i));
                int width = (int) x.get(i).size(2);
                System.arraycopy(others, 100 * width, values, 100 * width, 200 * width); // from token 100 on
                x = replaced(x, i, Tensors.of(values, x.get(i).shape()));
            }
            double[] z = read(ops, x, state(ops, 2), 0, 150, 90);
            assertArrayEquals(rows(y, 0, 150, 0, 100), rows(z, 0, 150, 0, 100), runner.tolerance);
        }
    }

    private static List<INDArray> replaced(List<INDArray> all, int i, INDArray x) {
        INDArray[] copy = all.toArray(INDArray[]::new);
        copy[i] = x;
        return List.of(copy);
    }

    /** Copies, selections and saved states go on as the original does; a reset one as a new one. */
    @ParameterizedTest
    @MethodSource("runners")
    void states(Runner runner) {
        List<INDArray> x = tokens(200, 4);
        try (Executor<?> ops = runner.open(2)) {
            SequenceState state = state(ops, 2);
            assertEquals(0, state.bytes());
            read(ops, x, state, 0, 140, 70);
            assertTrue(state.bytes() > 0);
            SequenceState copy = state.copy();
            SequenceState swapped = state.select(1, 0, 1);
            Map<String, INDArray> saved = state.save(State.Form.CACHE);
            assertArrayEquals(
                    new long[] {2, 2, 140, 12}, saved.get("attention.key_cache").shape());

            List<INDArray> next = tokens(30, 5);
            double[] expected = read(ops, next, state, 0, 30, 30);
            assertArrayEquals(expected, read(ops, next, copy, 0, 30, 30));
            List<INDArray> turned = next.stream().map(t -> select(t, 1, 0, 1)).toList();
            double[] y = read(ops, turned, swapped, 0, 30, 30, 30);
            assertArrayEquals(rows(expected, 0, 30, 0, 30), rows(y, 1, 30, 0, 30));
            assertArrayEquals(rows(expected, 1, 30, 0, 30), rows(y, 2, 30, 0, 30));

            for (State.Form form : State.Form.values()) {
                SequenceState restored = state(ops, 2);
                restored.restore(form, saved);
                assertArrayEquals(expected, read(ops, next, restored, 0, 30, 30), runner.tolerance);
            }
            state.reset(0);
            double[] fresh = read(ops, next, state(ops, 2), 0, 30, 30);
            assertArrayEquals(rows(fresh, 0, 30, 0, 30), rows(read(ops, next, state, 0, 30, 30), 0, 30, 0, 30));
        }
    }

    private static INDArray select(INDArray x, int... sequences) {
        int n = (int) (x.length() / x.size(0));
        double[] all = Tensors.toDoubles(x);
        double[] chosen = new double[sequences.length * n];
        for (int i = 0; i < sequences.length; i++) {
            System.arraycopy(all, sequences[i] * n, chosen, i * n, n);
        }
        return Tensors.of(chosen, sequences.length, x.size(1), x.size(2));
    }

    /** A state that one executor saved goes on on another. */
    @Test
    void statesMoveBetweenExecutors() {
        List<INDArray> x = tokens(90, 6);
        List<INDArray> next = tokens(9, 7);
        try (Executor<?> reference = new Runner("reference", 0).open(1);
                Executor<?> fused = new Runner("scalar", 0).open(2)) {
            SequenceState state = state(reference, 2);
            read(reference, x, state, 0, 90, 65);
            SequenceState moved = state(fused, 2);
            moved.restore(State.Form.EXACT, state.save(State.Form.EXACT));
            double[] expected = read(reference, next, state, 0, 9, 9);
            assertArrayEquals(expected, read(fused, next, moved, 0, 9, 9), 1e-5);
        }
    }

    @ParameterizedTest
    @MethodSource("runners")
    void badStatesAreNamed(Runner runner) {
        try (Executor<?> ops = runner.open(1)) {
            SequenceState state = state(ops, 2);
            read(ops, tokens(9, 8), state, 0, 9, 4);
            Map<String, INDArray> saved = state.save(State.Form.EXACT);
            saved.put("attention.lengths", Nd4j.createFromArray(9, 10));
            TttException e = assertThrows(TttException.class, () -> state.restore(State.Form.EXACT, saved));
            assertTrue(e.getMessage().contains("attention.lengths"), e.getMessage());
            saved.remove("attention.lengths");
            assertThrows(TttException.class, () -> state.restore(State.Form.EXACT, saved));
        }
        assertThrows(TttException.class, () -> new Attention("attention", 4, 3, 8));
    }
}
