package org.ttt4j.reference;

import static org.ttt4j.reference.GradientCheck.C;
import static org.ttt4j.reference.GradientCheck.H;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.ttt4j.ops.Attention;
import org.ttt4j.ops.Chunk;
import org.ttt4j.ops.Conv;
import org.ttt4j.ops.Linear;
import org.ttt4j.ops.LinearAttention;
import org.ttt4j.ops.Ops;
import org.ttt4j.ops.Rope;
import org.ttt4j.ops.SelectiveScan;
import org.ttt4j.ops.StateSpec;
import org.ttt4j.param.Init;
import org.ttt4j.param.Param;

/** Gradients of the operations that look at where a token stands, or at what stood before it. */
class SequenceGradientsTest {

    static Stream<Named<GradientCase>> cases() {
        return Stream.of(
                Named.of("causalConv", new CausalConv()),
                Named.of("rope", new Turn(Rope.Pairs.INTERLEAVED, 4)),
                Named.of("rope on halves", new Turn(Rope.Pairs.HALVES, Rope.ENDLESS)),
                Named.of("attention", new CausalAttention(2, 2)),
                Named.of("attention in groups", new CausalAttention(4, 2)),
                Named.of("selectiveScan", new Scan()),
                Named.of("linearAttention", new Attend(LinearAttention.Form.UNNORMALISED)),
                Named.of("linearAttention, normalised", new Attend(LinearAttention.Form.NORMALISED)),
                Named.of("last", new Last()));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void matchesCentralDifferences(GradientCase body) {
        GradientCheck.matchesCentralDifferences(body);
    }

    /** Two filters of one input, the second without a bias; both outputs are used. */
    private static final class CausalConv implements GradientCase {
        private final Conv conv =
                new Conv("conv", List.of(filter("a"), new Linear(filter("b").weight())), List.of("c"));

        private static Linear filter(String name) {
            return new Linear(
                    new Param(name + ".weight", Init.zeros(), C, 1, 3), new Param(name + ".bias", Init.zeros(), C));
        }

        @Override
        public List<Param> params() {
            return conv.filters().stream()
                    .flatMap(f -> Stream.of(f.weight(), f.bias()))
                    .filter(Objects::nonNull)
                    .toList();
        }

        @Override
        public List<? extends StateSpec> states() {
            return List.of(conv);
        }

        @Override
        public <A> A run(Ops<A> ops, List<A> x, Chunk chunk) {
            List<A> ys = ops.causalConv(conv, x.get(0), chunk);
            return ops.geluGate(ys.get(0), ys.get(1));
        }
    }

    private static final class Turn implements GradientCase {
        private final Rope rope;

        Turn(Rope.Pairs pairs, int period) {
            rope = new Rope(H, C / H, 100, period, pairs);
        }

        @Override
        public <A> A run(Ops<A> ops, List<A> x, Chunk chunk) {
            return ops.rope(rope, x.get(0), chunk);
        }
    }

    private static final class CausalAttention implements GradientCase {
        private final Attention attention;

        CausalAttention(int heads, int keyValueHeads) {
            attention = new Attention("attention", heads, keyValueHeads, 3);
        }

        @Override
        public int[] widths() {
            int keys = attention.keyValueHeads() * attention.headSize();
            return new int[] {attention.heads() * attention.headSize(), keys, keys};
        }

        @Override
        public List<? extends StateSpec> states() {
            return List.of(attention);
        }

        @Override
        public <A> A run(Ops<A> ops, List<A> x, Chunk chunk) {
            return ops.attention(attention, x.get(0), x.get(1), x.get(2), chunk);
        }
    }

    private static final class Scan implements GradientCase {
        private static final int E = 5;
        private static final int S = 3;
        private final SelectiveScan scan =
                new SelectiveScan("ssm", new Param("A_log", Init.zeros(), E, S), new Param("D", Init.zeros(), E));

        @Override
        public int[] widths() {
            return new int[] {E, E, S, S};
        }

        @Override
        public List<Param> params() {
            return List.of(scan.logA(), scan.skip());
        }

        @Override
        public List<? extends StateSpec> states() {
            return List.of(scan);
        }

        @Override
        public <A> A run(Ops<A> ops, List<A> x, Chunk chunk) {
            return ops.selectiveScan(scan, x.get(0), x.get(1), x.get(2), x.get(3), chunk);
        }
    }

    private static final class Attend implements GradientCase {
        private final LinearAttention attention;

        Attend(LinearAttention.Form form) {
            attention = new LinearAttention("attention", H, C / H, form);
        }

        @Override
        public int[] widths() {
            return new int[] {C, C, C};
        }

        @Override
        public List<? extends StateSpec> states() {
            return List.of(attention);
        }

        @Override
        public <A> A run(Ops<A> ops, List<A> x, Chunk chunk) {
            return ops.linearAttention(attention, x.get(0), x.get(1), x.get(2), chunk);
        }
    }

    private static final class Last implements GradientCase {
        @Override
        public <A> A run(Ops<A> ops, List<A> x, Chunk chunk) {
            return ops.last(x.get(0), chunk);
        }
    }
}
