package org.ttt4j.lm;

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
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.ttt4j.config.Backbone;
import org.ttt4j.config.InnerKind;
import org.ttt4j.config.TTTConfig;
import org.ttt4j.execution.Execution;
import org.ttt4j.matrix.WeightType;
import org.ttt4j.ops.SequenceState;
import org.ttt4j.param.Param;
import org.ttt4j.param.WeightSource;
import org.ttt4j.tensor.Tensors;
import org.ttt4j.tensor.TttException;

/** Models whose matrices are kept in fewer bits. */
class WeightTypesTest {

    /** Sizes that are no multiples of a block, a panel or a mini-batch. */
    private static final TTTConfig CONFIG = TTTConfig.preset("tiny")
            .with(Map.of(
                    "hidden_size", 72,
                    "intermediate_size", 100,
                    "num_attention_heads", 3,
                    "num_hidden_layers", 2,
                    "mini_batch_size", 5));

    private static final Execution VECTOR =
            Execution.fused().withKernel("vector").withThreads(2);
    private static final int LENGTH = 23;

    static Stream<Arguments> models() {
        return Stream.of(
                        CONFIG.withBackbone(Backbone.MAMBA),
                        CONFIG.withBackbone(Backbone.TRANSFORMER)
                                .withInner(InnerKind.MLP)
                                .with(Map.of("tie_word_embeddings", false)))
                .flatMap(config -> Arrays.stream(WeightType.values()).map(type -> Arguments.of(config, type)));
    }

    private static WeightSource source() {
        WeightSource init = WeightSource.init(11);
        return p -> init.read(p).mul(isMatrix(p) ? 4 : 1);
    }

    private static boolean isMatrix(Param p) {
        return p.key().matches(".*(_proj|embed_tokens|lm_head)\\.weight");
    }

    private static WeightSource rounded(WeightType type) {
        WeightSource source = source();
        return p -> isMatrix(p) ? rounded(type, source.read(p)) : source.read(p);
    }

    private static INDArray rounded(WeightType type, INDArray W) {
        float[] values = Tensors.toFloats(W);
        type.round(values, (int) W.size(1));
        return Tensors.of(values, W.shape());
    }

    private static int[][] ids(int sequences) {
        Random random = new Random(5);
        int[][] ids = new int[sequences][];
        for (int b = 0; b < sequences; b++) {
            ids[b] = random.ints(LENGTH, 0, CONFIG.vocabSize()).toArray();
        }
        return ids;
    }

    private static float[] logits(TTTConfig config, WeightSource weights, Execution execution) {
        try (LanguageModel<?> model = LanguageModel.open(CausalLM.of(config), weights, execution)) {
            return Tensors.toFloats(model.forward(ids(2), model.newState(2)));
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void aModelOfRoundedMatrices(TTTConfig config, WeightType type) {
        float[] expected = logits(config, rounded(type), VECTOR);
        assertArrayEquals(expected, logits(config, source(), VECTOR.withWeights(type)));
        // the scalar kernel widens the rounded matrices when it loads them
        float[] scalar = logits(config, source(), VECTOR.withKernel("scalar").withWeights(type));
        float largest = 0;
        for (float x : expected) {
            largest = Math.max(largest, Math.abs(x));
        }
        assertArrayEquals(expected, scalar, 1e-5f * largest);
    }

    @ParameterizedTest
    @MethodSource("models")
    void tokenByTokenIsAllAtOnce(TTTConfig config, WeightType type) {
        try (LanguageModel<?> model = LanguageModel.open(CausalLM.of(config), source(), VECTOR.withWeights(type))) {
            int[] ids = ids(1)[0];
            INDArray all = model.forward(new int[][] {ids}, model.newState(1));
            for (int piece : new int[] {1, 2, 9}) {
                SequenceState state = model.newState(1);
                for (int from = 0; from < ids.length; from += piece) {
                    int to = Math.min(ids.length, from + piece);
                    INDArray next = model.next(new int[][] {Arrays.copyOfRange(ids, from, to)}, state);
                    INDArray row = all.get(NDArrayIndex.point(0), NDArrayIndex.point(to - 1), NDArrayIndex.all());
                    assertArrayEquals(Tensors.toFloats(row), Tensors.toFloats(next), "token " + (to - 1));
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = WeightType.class,
            names = {"BFLOAT16", "Q8_0"})
    void weightsAreWhatWasRounded(WeightType type) {
        try (LanguageModel<?> model = LanguageModel.open(CausalLM.of(CONFIG), source(), VECTOR.withWeights(type))) {
            WeightSource rounded = rounded(type);
            for (Param p : model.lm().params()) {
                assertEquals(rounded.read(p), model.weight(p), p.key());
            }
            assertTrue(model.executor().description().contains(type.label()));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = WeightType.class,
            names = {"BFLOAT16", "Q8_0"})
    void theyCannotBeTrained(WeightType type) {
        for (String kernel : List.of("vector", "scalar")) {
            Execution execution = VECTOR.withKernel(kernel).withWeights(type);
            try (LanguageModel<?> model = LanguageModel.open(CausalLM.of(CONFIG), source(), execution)) {
                TttException e =
                        assertThrows(TttException.class, () -> model.lossGradients(ids(1), ids(1), model.newState(1)));
                assertEquals("weights to differentiate: expected float32, found " + type.label(), e.getMessage());
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = WeightType.class,
            names = {"BFLOAT16", "Q8_0"})
    void onlyFiniteNumbersCanBeRounded(WeightType type) {
        String key = "model.layers.1.mlp.up_proj.weight";
        WeightSource source = source();
        WeightSource broken = p -> p.key().equals(key) ? source.read(p).putScalar(3, Float.NaN) : source.read(p);
        for (String kernel : List.of("vector", "scalar")) {
            Execution execution = VECTOR.withKernel(kernel).withWeights(type);
            TttException e =
                    assertThrows(TttException.class, () -> LanguageModel.open(CausalLM.of(CONFIG), broken, execution));
            assertEquals(key + ": expected finite numbers, to be rounded, found NaN", e.getMessage());
        }
    }

    @Test
    void theReferenceHasFloat32Only() {
        for (Execution execution :
                List.of(Execution.reference(DataType.FLOAT), Execution.fused().withDataType(DataType.DOUBLE))) {
            TttException e = assertThrows(
                    TttException.class,
                    () -> LanguageModel.open(CausalLM.of(CONFIG), source(), execution.withWeights(WeightType.Q8_0)));
            assertEquals("weights of the reference: expected float32, found q8_0", e.getMessage());
        }
    }
}
