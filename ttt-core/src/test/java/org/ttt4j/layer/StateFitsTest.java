package org.ttt4j.layer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.ttt4j.execution.Execution;
import org.ttt4j.inner.MlpModel;
import org.ttt4j.layer.LayerConfig.Feature;
import org.ttt4j.ops.LinearAttention.Form;
import org.ttt4j.ops.SequenceState;
import org.ttt4j.ops.State;
import org.ttt4j.param.Init;
import org.ttt4j.param.Param;
import org.ttt4j.param.WeightSource;
import org.ttt4j.tensor.Tensors;
import org.ttt4j.tensor.TttException;

/** A state of another layer or executor, and input that is missing, are errors that change nothing. */
class StateFitsTest {

    private static final int C = 8;
    private static final int L = 3;

    /** Layers whose states have slots of the same names. */
    private record Pair(SequenceMixer layer, SequenceMixer other) {}

    static Stream<Named<Pair>> pairs() {
        LayerConfig ttt = LayerConfig.of(C, 2).withFeatures(Set.of(Feature.SHARED_QK));
        AttentionConfig attention = AttentionConfig.of(C, 2);
        return Stream.of(
                Named.of("heads", new Pair(new TTTLayer("", ttt), TTTLayer.linear(LayerConfig.of(C, 1)))),
                Named.of(
                        "inner model",
                        new Pair(new TTTLayer("", ttt), new TTTLayer("", ttt.withModel(new MlpModel())))),
                Named.of("mini-batch", new Pair(new TTTLayer("", ttt), new TTTLayer("", ttt.withMiniBatch(4)))),
                Named.of("taps", new Pair(new TTTLayer("", ttt), new TTTLayer("", ttt.withConvKernel(2)))),
                Named.of(
                        "attention",
                        new Pair(
                                new CausalSelfAttention("", attention),
                                new CausalSelfAttention("", attention.withKeyValueHeads(1)))),
                Named.of(
                        "linear attention",
                        new Pair(
                                new LinearAttentionLayer("", attention, Form.UNNORMALISED),
                                new LinearAttentionLayer("", attention, Form.NORMALISED))),
                Named.of("Mamba", new Pair(new Mamba("", MambaSizes.of(C)), new Mamba("", MambaSizes.of(2 * C)))));
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void aStateOfOtherSizesIsRefused(Pair pair) {
        for (Execution execution : List.of(Execution.fused().withThreads(1), Execution.reference(DataType.FLOAT))) {
            try (LayerSession<?> session = open(pair.layer(), execution);
                    LayerSession<?> other = open(pair.other(), execution)) {
                SequenceState state = other.newState(1);
                Map<String, INDArray> before = state.save(State.Form.EXACT);
                assertFails("state", () -> session.forward(input(), state));
                assertEquals(before, state.save(State.Form.EXACT), "nothing has been changed");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void aStateOfAnotherExecutorIsRefused(Pair pair) {
        try (LayerSession<?> fused = open(pair.layer(), Execution.fused().withThreads(1));
                LayerSession<?> reference = open(pair.layer(), Execution.reference(DataType.FLOAT))) {
            assertFails("state", () -> fused.forward(input(), reference.newState(1)));
            assertFails("state", () -> reference.forward(input(), fused.newState(1)));
        }
    }

    /** The same declarations, made twice: what one has read, the other may go on from. */
    @ParameterizedTest
    @MethodSource("pairs")
    void aStateOfTheSameSizesIsTaken(Pair pair) {
        try (LayerSession<?> one = open(pair.layer(), Execution.fused().withThreads(1));
                LayerSession<?> same = open(pair.layer(), Execution.fused().withThreads(1))) {
            SequenceState state = one.newState(1);
            one.forward(input(), state);
            same.forward(input(), state);
            assertEquals(2 * L, state.position(0));
        }
    }

    @Test
    void whatIsMissingIsNamed() {
        assertFails("inner model", () -> LayerConfig.of(C, 2).withModel(null));
        assertFails("features", () -> LayerConfig.of(C, 2).withFeatures(null));
        assertFails("kernel", () -> Execution.fused().withKernel(null));
        assertFails("w", () -> new Param("w", Init.zeros(), 2, 0));
        assertFails("parameter", () -> new Param("w", null, 2));
        TTTLayer layer = TTTLayer.linear(LayerConfig.of(C, 2));
        assertFails("source of weights", () -> LayerSession.open(layer, null, Execution.fused()));
        try (LayerSession<?> session = open(layer, Execution.fused().withThreads(1))) {
            SequenceState state = session.newState(1);
            assertFails("x", () -> session.forward(null, state));
            assertFails("state", () -> session.forward(input(), null));
            assertFails("lengths", () -> session.forward(input(), state, (int[]) null));
            assertFails("sequence", () -> state.position(1));
            assertEquals(0, state.position(0));
        }
    }

    private static LayerSession<?> open(SequenceMixer layer, Execution execution) {
        return LayerSession.open(layer, WeightSource.init(1), execution);
    }

    private static INDArray input() {
        double[] values = new Random(2).doubles(L * C, -1, 1).toArray();
        return Tensors.of(values, 1, L, C);
    }

    private static void assertFails(String name, Executable run) {
        String message = assertThrows(TttException.class, run).getMessage();
        assertTrue(message.startsWith(name), message);
    }
}
