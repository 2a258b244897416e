package org.ttt4j.host;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.ttt4j.host.Twin.param;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.ttt4j.kernel.InnerKernels;
import org.ttt4j.ops.Chunk;
import org.ttt4j.ops.Conv;
import org.ttt4j.ops.Linear;
import org.ttt4j.ops.LinearAttention;
import org.ttt4j.ops.LinearAttention.Form;
import org.ttt4j.ops.Ops;
import org.ttt4j.ops.SelectiveScan;
import org.ttt4j.ops.SequenceState;
import org.ttt4j.param.Param;
import org.ttt4j.param.WeightSource;
import org.ttt4j.tensor.Tensors;
import org.ttt4j.tensor.TttException;

/** Operations that carry a state from token to token, against the reference in float64, and their own laws. */
class RecurrentOpsTest {

    private static SelectiveScan scan(int channels, int states) {
        return new SelectiveScan("ssm", param("A_log", channels, states), param("D", channels));
    }

    /** Channels that do not fill a strip, and segments of the way back that do not fill a tile. */
    @ParameterizedTest
    @CsvSource({"1, 1, 1", "5, 3, 7", "16, 16, 16", "37, 4, 17", "70, 5, 33", "131, 9, 300"})
    void selectiveScan(int channels, int states, int length) {
        SelectiveScan scan = scan(channels, states);
        int part = (length + 1) / 2;
        new Twin(1, scan.logA(), scan.skip())
                .input(3, 9, channels)
                .input(3, 9, states)
                .input(3, length, channels)
                .input(2.0, 3, length, channels)
                .input(3, length, states)
                .input(3, length, states)
                .lengths(length, part, 0)
                .check(new Twin.Body() {
                    @Override
                    public <A> List<A> run(Ops<A> ops, List<A> in) {
                        SequenceState state = SequenceState.create(ops, List.of(scan), 3);
                        Chunk first = state.chunk(9, 2, 0);
                        A before = ops.selectiveScan(scan, in.get(0), in.get(0), in.get(1), in.get(1), first);
                        first.finish();
                        Chunk chunk = state.chunk(length, part, 0);
                        return List.of(
                                before, ops.selectiveScan(scan, in.get(2), in.get(3), in.get(4), in.get(5), chunk));
                    }
                });
    }

    /** Far out, where exponentials would overflow or vanish. */
    @Test
    void stepsFarOut() {
        SelectiveScan scan = scan(9, 1);
        for (String kernel : InnerKernels.names()) {
            try (HostOps ops = new HostOps(List.of(scan.logA(), scan.skip()), WeightSource.init(1), 1, kernel)) {
                HostArray delta = new HostArray(new float[] {-1e30f, -200, -90, -30, 0, 30, 90, 200, 1e30f}, 1, 1, 9);
                HostArray x = new HostArray(new float[] {0, 1, 1, 1, 1, 1, 1, 1, 0}, 1, 1, 9);
                HostArray one = new HostArray(new float[] {1}, 1, 1, 1);
                SequenceState state = SequenceState.create(ops, List.of(scan), 1);
                float[] skip = ops.weight(scan.skip()).data();
                float[] expected = {0, 0, 0, (float) Math.exp(-30), (float) Math.log(2), 30, 90, 200, 0};
                for (int pass = 0; pass < 2; pass++) {
                    HostArray y = ops.selectiveScan(scan, x, delta, one, one, state.chunk(1));
                    for (int i = 0; i < 9; i++) {
                        assertTrue(Float.isFinite(y.data()[i]), kernel + " " + y.data()[i]);
                        if (pass == 0 && x.data()[i] != 0) {
                            assertEquals(expected[i], y.data()[i] - skip[i] + 0, 1e-6 * Math.max(1, expected[i]));
                        }
                    }
                }
            }
        }
    }

    /** Small steps, as they begin, must be accurate for themselves. */
    @Test
    void smallStepsAreAccurate() {
        SelectiveScan scan = scan(1, 1);
        for (String kernel : InnerKernels.names()) {
            try (HostOps ops = new HostOps(
                    List.of(scan.logA(), scan.skip()), p -> Tensors.of(new float[1], p.shape()), 1, kernel)) {
                for (double d = -40; d < 40; d += 0.37) {
                    HostArray one = new HostArray(new float[] {1}, 1, 1, 1);
                    HostArray delta = new HostArray(new float[] {(float) d}, 1, 1, 1);
                    SequenceState state = SequenceState.create(ops, List.of(scan), 1);
                    float y = ops.selectiveScan(scan, one, delta, one, one, state.chunk(1))
                            .data()[0];
                    double expected = Math.max((float) d, 0) + Math.log1p(Math.exp(-Math.abs((double) (float) d)));
                    assertEquals(1, y / expected, 1e-6, kernel + " softplus of " + d);
                }
            }
        }
    }

    /** Heads of awkward sizes, blocks that begin and end anywhere. */
    @ParameterizedTest
    @CsvSource({
        "UNNORMALISED, 1, 1, 1", "UNNORMALISED, 3, 6, 7", "UNNORMALISED, 2, 64, 131", "UNNORMALISED, 1, 80, 65",
        "NORMALISED, 1, 2, 1", "NORMALISED, 3, 6, 7", "NORMALISED, 2, 64, 131", "NORMALISED, 1, 16, 64"
    })
    void linearAttention(Form form, int heads, int headSize, int length) {
        LinearAttention attention = new LinearAttention("attention", heads, headSize, form);
        int width = heads * headSize;
        int part = (length + 1) / 2;
        new Twin(2)
                .input(0.7, 3, 61, width)
                .input(0.7, 3, length, width)
                .input(0.7, 3, length, width)
                .input(3, length, width)
                .lengths(length, part, 0)
                .check(new Twin.Body() {
                    @Override
                    public <A> List<A> run(Ops<A> ops, List<A> in) {
                        SequenceState state = SequenceState.create(ops, List.of(attention), 3);
                        Chunk first = state.chunk(61, 2, 0);
                        A before = ops.linearAttention(attention, in.get(0), in.get(0), in.get(0), first);
                        first.finish();
                        Chunk chunk = state.chunk(length, part, 0);
                        return List.of(before, ops.linearAttention(attention, in.get(1), in.get(2), in.get(3), chunk));
                    }
                });
    }

    /** Token by token as it is defined. */
    @ParameterizedTest
    @EnumSource(Form.class)
    void linearAttentionIsWhatItsDefinitionSays(Form form) {
        int D = 3;
        int L = 5;
        LinearAttention attention = new LinearAttention("attention", 1, D, form);
        Random random = new Random(1);
        double[][][] in = new double[3][L][D];
        float[][] flat = new float[3][L * D];
        for (int i = 0; i < 3 * L * D; i++) {
            flat[i / (L * D)][i % (L * D)] = (float) random.nextGaussian();
            in[i / (L * D)][i / D % L][i % D] = flat[i / (L * D)][i % (L * D)];
        }
        double[] expected = new double[L * D];
        double[][] S = new double[D][D];
        double[] z = new double[D];
        for (int t = 0; t < L; t++) {
            double norm = 0;
            for (int i = 0; i < D; i++) {
                z[i] += phi(form, in[1][t][i]);
                norm += phi(form, in[0][t][i]) * z[i];
                for (int j = 0; j < D; j++) {
                    S[i][j] += phi(form, in[1][t][i]) * in[2][t][j];
                    expected[t * D + j] += phi(form, in[0][t][i]) * S[i][j];
                }
            }
            for (int j = 0; j < D; j++) {
                expected[t * D + j] /= form == Form.NORMALISED ? norm : 1;
            }
        }
        try (HostOps ops = new HostOps(List.of(), WeightSource.init(1), 1, "scalar")) {
            SequenceState state = SequenceState.create(ops, List.of(attention), 1);
            HostArray y = ops.linearAttention(
                    attention,
                    new HostArray(flat[0], 1, L, D),
                    new HostArray(flat[1], 1, L, D),
                    new HostArray(flat[2], 1, L, D),
                    state.chunk(L));
            for (int i = 0; i < expected.length; i++) {
                assertEquals(expected[i], y.data()[i], 1e-5);
            }
        }
    }

    private static double phi(Form form, double x) {
        return form == Form.UNNORMALISED ? x : x > 0 ? x + 1 : Math.exp(x);
    }

    @Test
    void siluAndPieces() {
        new Twin(3).input(3.0, 2, 131, 77).check(new Twin.Body() {
            @Override
            public <A> List<A> run(Ops<A> ops, List<A> in) {
                List<A> pieces = ops.split(in.get(0), 33, 1, 10, 33);
                A silu = ops.silu(pieces.get(0));
                return List.of(pieces.get(1), pieces.get(3), silu, ops.swiGlu(silu, pieces.get(3)));
            }
        });
        try (HostOps ops = new HostOps(List.of(), WeightSource.init(1), 1, "scalar")) {
            assertThrowsWidth(ops);
            INDArray x = Tensors.of(new float[] {-1e30f, -200, -90, 0, 90, 1e30f}, 1, 1, 6);
            HostArray y = ops.silu(ops.in(x));
            assertArrayEquals(new float[] {0, 0, 0, 0, 90, 1e30f}, y.data(), 1e-7f);
        }
    }

    private static void assertThrowsWidth(HostOps ops) {
        assertThrows(TttException.class, () -> ops.split(HostArray.zeros(1, 1, 5), 2, 2));
    }

    /** The filter without a bias, which gradients must not miss. */
    @Test
    void convolutionWithoutBias() {
        Param weight = param("f", 21, 1, 4);
        Conv conv = new Conv("conv", List.of(new Linear(weight)), List.of("conv_state"));
        new Twin(4, weight).input(2, 19, 21).lengths(19, 5).check(new Twin.Body() {
            @Override
            public <A> List<A> run(Ops<A> ops, List<A> in) {
                SequenceState state = SequenceState.create(ops, List.of(conv), 2);
                return ops.causalConv(conv, in.get(0), state.chunk(19, 5));
            }
        });
    }
}
