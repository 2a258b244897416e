package org.ttt4j.host;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.ttt4j.host.Twin.param;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.ttt4j.kernel.InnerKernels;
import org.ttt4j.matrix.ProductType;
import org.ttt4j.matrix.WeightType;
import org.ttt4j.ops.Chunk;
import org.ttt4j.ops.Conv;
import org.ttt4j.ops.Linear;
import org.ttt4j.ops.Ops;
import org.ttt4j.ops.Projection;
import org.ttt4j.ops.Rope;
import org.ttt4j.ops.SequenceState;
import org.ttt4j.param.Init;
import org.ttt4j.param.Param;
import org.ttt4j.param.WeightSource;
import org.ttt4j.tensor.TttException;

/** Every operation and its gradient against the reference in float64, and one thread against three. */
class HostOpsTest {

    private static final double EPS = 1e-6;

    @Test
    void embed() {
        Param table = param("table", 11, 70);
        int[][] ids = {{3, 3, 10, 0, 3}, {7}, {}};
        new Twin(1, table).check(new Twin.Body() {
            @Override
            public <A> List<A> run(Ops<A> ops, List<A> in) {
                return List.of(ops.embed(table, ids));
            }
        });
        try (HostOps ops = new HostOps(List.of(table), WeightSource.init(1), 1, "scalar")) {
            assertThrows(TttException.class, () -> ops.embed(table, new int[][] {{11}}));
            assertThrows(TttException.class, () -> ops.embed(table, new int[][] {{-1}}));
        }
    }

    /** Around the border between few rows and many, with a last output that nothing uses. */
    @ParameterizedTest
    @CsvSource({"1, 1", "2, 1", "1, 3", "3, 7", "1, 131", "2, 1100"})
    void project(int batch, int length) {
        Linear q = new Linear(param("q", 30, 22));
        Linear k = new Linear(param("k", 30, 22), param("k.bias", 30));
        Linear rate = new Linear(param("rate", 3, 1, 22), param("rate.bias", 3, 1));
        Projection p = Projection.of(q, k, rate);
        Param[] params = {q.weight(), k.weight(), k.bias(), rate.weight(), rate.bias()};
        new Twin(2, params).input(batch, length, 22).check(new Twin.Body() {
            @Override
            public <A> List<A> run(Ops<A> ops, List<A> in) {
                List<A> ys = ops.project(p, in.get(0));
                return List.of(ys.get(0), ys.get(1), ys.get(2), ops.add(ys.get(0), ys.get(1)));
            }
        });
        new Twin(3, params).input(batch, length, 22).check(new Twin.Body() {
            @Override
            public <A> List<A> run(Ops<A> ops, List<A> in) {
                return List.of(ops.project(p, in.get(0)).get(2));
            }
        });
    }

    /** Several tiles along every side. */
    @Test
    void projectInTiles() {
        Linear wide = new Linear(param("wide", 2500, 37), param("wide.bias", 2500));
        Projection p = Projection.of(wide);
        new Twin(4, wide.weight(), wide.bias()).input(1, 300, 37).check(new Twin.Body() {
            @Override
            public <A> List<A> run(Ops<A> ops, List<A> in) {
                return ops.project(p, in.get(0));
            }
        });
    }

    /** More rows, columns and outputs than a task takes; the last panels are whole, half and a bit. */
    @ParameterizedTest
    @ValueSource(ints = {128, 96, 131})
    void projectInPanels(int width) {
        Linear map = new Linear(param("map", 200, width));
        Projection p = Projection.of(map);
        new Twin(4, map.weight()).input(1, 650, width).check(new Twin.Body() {
            @Override
            public <A> List<A> run(Ops<A> ops, List<A> in) {
                return ops.project(p, in.get(0));
            }
        });
    }

    /** So much dy that gradients of inputs are added up part by part, to which not every map belongs. */
    @Test
    void projectInParts() {
        Linear wide = new Linear(param("wide", 1850, 37));
        Linear narrow = new Linear(param("narrow", 30, 37));
        Linear back = new Linear(param("back", 30, 1850));
        Projection p = Projection.of(wide, narrow);
        new Twin(4, wide.weight(), narrow.weight(), back.weight())
                .input(1, 1100, 37)
                .check(new Twin.Body() {
                    @Override
                    public <A> List<A> run(Ops<A> ops, List<A> in) {
                        List<A> ys = ops.project(p, in.get(0));
                        return List.of(ops.add(
                                ops.project(Projection.of(back), ys.get(0)).get(0), ys.get(1)));
                    }
                });
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 7, 64, 129})
    void norms(int width) {
        Param w = param("w", width);
        Param b = param("b", width);
        new Twin(5, w, b).input(2, 131, width).check(new Twin.Body() {
            @Override
            public <A> List<A> run(Ops<A> ops, List<A> in) {
                return List.of(ops.rmsNorm(w, EPS, in.get(0)));
            }
        });
        new Twin(6, w, b).input(2, 131, width).check(new Twin.Body() {
            @Override
            public <A> List<A> run(Ops<A> ops, List<A> in) {
                return List.of(ops.layerNorm(w, b, EPS, in.get(0)));
            }
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 5})
    void causalConv(int kernel) {
        Conv conv = conv(kernel, 70);
        Linear f = conv.filters().get(0);
        Linear g = conv.filters().get(1);
        new Twin(7, f.weight(), f.bias(), g.weight(), g.bias())
                .input(3, 9, 70)
                .input(3, 4, 70)
                .lengths(4, 3, 0)
                .check(new Twin.Body() {
                    @Override
                    public <A> List<A> run(Ops<A> ops, List<A> in) {
                        SequenceState state = SequenceState.create(ops, List.of(conv), 3);
                        Chunk first = state.chunk(9, 2, 0);
                        ops.causalConv(conv, in.get(0), first);
                        first.finish();
                        List<A> ys = ops.causalConv(conv, in.get(1), state.chunk(4, 3, 0));
                        return List.of(ys.get(0), ys.get(1), ops.geluGate(ys.get(0), ys.get(1)));
                    }
                });
    }

    static Conv conv(int kernel, int channels) {
        return new Conv(
                "conv",
                List.of(
                        new Linear(param("f", channels, 1, kernel), param("f.bias", channels)),
                        new Linear(param("g", channels, 1, kernel), param("g.bias", channels))),
                List.of("ttt_conv_q", "ttt_conv_k"));
    }

    @ParameterizedTest
    @CsvSource({"1, 10, 4", "3, 6, 16", "2, 64, 5"})
    void rope(int heads, int headSize, int period) {
        rope(new Rope(heads, headSize, 10_000, period), 3, 40);
        rope(new Rope(heads, headSize, 10_000, period, Rope.Pairs.HALVES), 3, 40);
        rope(new Rope(heads, headSize, 10_000, Rope.ENDLESS, Rope.Pairs.HALVES), 70_000, 1);
    }

    private static void rope(Rope rope, int... before) {
        Conv position = conv(1, 1);
        new Twin(8, position.filters().get(0).weight())
                .input(2, 13, (long) rope.heads() * rope.headSize())
                .check(new Twin.Body() {
                    @Override
                    public <A> List<A> run(Ops<A> ops, List<A> in) {
                        SequenceState state = SequenceState.create(ops, List.of(position), 2);
                        state.chunk(before).finish();
                        return List.of(ops.rope(rope, in.get(0), state.chunk(13, 13)));
                    }
                });
    }

    @Test
    void gates() {
        new Twin(9).input(3.0, 2, 131, 77).input(2, 131, 77).check(new Twin.Body() {
            @Override
            public <A> List<A> run(Ops<A> ops, List<A> in) {
                A gelu = ops.geluGate(in.get(0), in.get(1));
                A swish = ops.swiGlu(in.get(0), in.get(1));
                return List.of(gelu, swish, ops.add(ops.innerRate(0.25, gelu), swish));
            }
        });
    }

    @Test
    void gatesFarOut() {
        try (HostOps ops = new HostOps(List.of(), WeightSource.init(1), 1, "scalar")) {
            HostArray x = new HostArray(new float[] {-1e30f, -200, -90, -30, 0, 30, 90, 200, 1e30f}, 1, 1, 9);
            HostArray one = new HostArray(new float[] {1, 1, 1, 1, 1, 1, 1, 1, 1}, 1, 1, 9);
            for (float y : ops.geluGate(x, one).data()) {
                assertTrue(Float.isFinite(y), "gelu " + y);
            }
            for (float y : ops.swiGlu(x, one).data()) {
                assertTrue(Float.isFinite(y), "silu " + y);
            }
            for (float y : ops.vjp().swiGlu(x, one, one).first().data()) {
                assertTrue(Float.isFinite(y), "silu gradient " + y);
            }
        }
    }

    @Test
    void last() {
        Conv position = conv(1, 1);
        new Twin(10, position.filters().get(0).weight()).input(3, 5, 7).check(new Twin.Body() {
            @Override
            public <A> List<A> run(Ops<A> ops, List<A> in) {
                SequenceState state = SequenceState.create(ops, List.of(position), 3);
                return List.of(ops.last(in.get(0), state.chunk(5, 2, 0)));
            }
        });
    }

    @Test
    void crossEntropy() {
        int[][] targets = {{0, 400, -1, 7}, {3}};
        new Twin(11).input(8.0, 2, 4, 401).check(new Twin.Body() {
            @Override
            public <A> List<A> run(Ops<A> ops, List<A> in) {
                return List.of(ops.crossEntropy(in.get(0), targets));
            }
        });
        try (HostOps ops = new HostOps(List.of(), WeightSource.init(1), 1, "scalar")) {
            HostArray logits = HostArray.zeros(2, 4, 401);
            assertThrows(TttException.class, () -> ops.crossEntropy(logits, new int[][] {{401}, {}}));
            assertThrows(TttException.class, () -> ops.crossEntropy(logits, new int[][] {{1}}));
        }
    }

    @Test
    void takesArraysInAndOut() {
        try (HostOps ops = new HostOps(List.of(), WeightSource.init(1), 1, "scalar")) {
            INDArray x = Twin.gaussian(new Random(1), 1, 3, 5, 4).permute(2, 0, 1);
            assertTrue(ops.out(ops.in(x)).castTo(x.dataType()).equals(x.dup('c')));
        }
    }

    @Test
    void theGateOfTheInnerRateAndItsBiasAreNotRounded() {
        Param weight = new Param("rate", Init.normal(0.1), 3, 1, 40);
        Param bias = new Param("bias", Init.normal(1), 3, 1);
        Projection gate = Projection.of(new Linear(weight, bias));
        INDArray x = Twin.gaussian(new Random(1), 1, 1, 5, 40);
        for (String kernel : InnerKernels.names()) {
            float[] expected = null;
            for (WeightType type : WeightType.values()) {
                try (HostOps ops = new HostOps(
                        List.of(weight, bias), WeightSource.init(2), 1, kernel, type, ProductType.FLOAT32)) {
                    float[] logits = ops.project(gate, ops.in(x)).get(0).data();
                    expected = expected == null ? logits : expected; // float32 is the first type
                    assertArrayEquals(expected, logits, kernel + " " + type);
                }
            }
        }
    }
}
