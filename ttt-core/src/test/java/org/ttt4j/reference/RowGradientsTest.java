package org.ttt4j.reference;

import static org.ttt4j.reference.GradientCheck.C;
import static org.ttt4j.reference.GradientCheck.H;
import static org.ttt4j.reference.GradientCheck.param;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.ttt4j.ops.Chunk;
import org.ttt4j.ops.Linear;
import org.ttt4j.ops.Ops;
import org.ttt4j.ops.Projection;
import org.ttt4j.param.Param;

/** Gradients of the operations that take each token by itself. */
class RowGradientsTest {

    private static final int V = 7;
    private static final int[][] IDS = {{1, 2, 1, 6}, {0, 3, 6, 2, 2, 5}};
    private static final int[][] TARGETS = {{2, -1, 6, 0}, {3, 6, 2, 2, 5}};

    private static final Param W = param("W", V, C);
    private static final Param U = param("U", H, 1, C);
    private static final Param SCALE = param("scale", C);
    private static final Param BIAS = param("bias", C);
    private static final Param RATE_BIAS = param("rate_bias", H, 1);

    static Stream<Named<GradientCase>> cases() {
        return Stream.of(
                Named.of("embed", new Embed()),
                Named.of("project", new Project()),
                Named.of("rmsNorm", new RmsNorm()),
                Named.of("layerNorm", new LayerNorm()),
                Named.of("innerRate", new InnerRate()),
                Named.of("silu", new Silu()),
                Named.of("split", new Split()),
                Named.of("geluGate", new GeluGate()),
                Named.of("swiGlu", new SwiGlu()),
                Named.of("add", new Add()),
                Named.of("crossEntropy", new CrossEntropy()));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void matchesCentralDifferences(GradientCase body) {
        GradientCheck.matchesCentralDifferences(body);
    }

    private static final class Embed implements GradientCase {
        @Override
        public int[] widths() {
            return new int[0];
        }

        @Override
        public List<Param> params() {
            return List.of(W);
        }

        @Override
        public <A> A run(Ops<A> ops, List<A> x, Chunk chunk) {
            return ops.embed(W, IDS);
        }
    }

    private static final class Project implements GradientCase {
        @Override
        public List<Param> params() {
            return List.of(U, RATE_BIAS);
        }

        @Override
        public <A> A run(Ops<A> ops, List<A> x, Chunk chunk) {
            return ops.project(Projection.of(new Linear(U, RATE_BIAS)), x.get(0))
                    .get(0);
        }
    }

    private static final class RmsNorm implements GradientCase {
        @Override
        public List<Param> params() {
            return List.of(SCALE);
        }

        @Override
        public <A> A run(Ops<A> ops, List<A> x, Chunk chunk) {
            return ops.rmsNorm(SCALE, 1e-2, x.get(0));
        }
    }

    private static final class LayerNorm implements GradientCase {
        @Override
        public List<Param> params() {
            return List.of(SCALE, BIAS);
        }

        @Override
        public <A> A run(Ops<A> ops, List<A> x, Chunk chunk) {
            return ops.layerNorm(SCALE, BIAS, 1e-2, x.get(0));
        }
    }

    private static final class InnerRate implements GradientCase {
        @Override
        public <A> A run(Ops<A> ops, List<A> x, Chunk chunk) {
            return ops.innerRate(0.3, x.get(0));
        }
    }

    private static final class Silu implements GradientCase {
        @Override
        public <A> A run(Ops<A> ops, List<A> x, Chunk chunk) {
            return ops.silu(x.get(0));
        }
    }

    /** One piece is not used. */
    private static final class Split implements GradientCase {
        @Override
        public <A> A run(Ops<A> ops, List<A> x, Chunk chunk) {
            List<A> pieces = ops.split(x.get(0), 3, 2, 3);
            return ops.swiGlu(pieces.get(0), pieces.get(2));
        }
    }

    private static final class GeluGate implements GradientCase {
        @Override
        public int[] widths() {
            return new int[] {C, C};
        }

        @Override
        public <A> A run(Ops<A> ops, List<A> x, Chunk chunk) {
            return ops.geluGate(x.get(0), x.get(1));
        }
    }

    private static final class SwiGlu implements GradientCase {
        @Override
        public int[] widths() {
            return new int[] {C, C};
        }

        @Override
        public <A> A run(Ops<A> ops, List<A> x, Chunk chunk) {
            return ops.swiGlu(x.get(0), x.get(1));
        }
    }

    /** One input used twice: gradients add up. */
    private static final class Add implements GradientCase {
        @Override
        public int[] widths() {
            return new int[] {C, C};
        }

        @Override
        public <A> A run(Ops<A> ops, List<A> x, Chunk chunk) {
            return ops.add(ops.add(x.get(0), x.get(1)), x.get(0));
        }
    }

    private static final class CrossEntropy implements GradientCase {
        @Override
        public int[] widths() {
            return new int[] {V};
        }

        @Override
        public <A> A run(Ops<A> ops, List<A> x, Chunk chunk) {
            return ops.crossEntropy(x.get(0), TARGETS);
        }
    }
}
