package org.ttt4j.lm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.ttt4j.config.InnerKind;
import org.ttt4j.config.TTTConfig;
import org.ttt4j.execution.Execution;
import org.ttt4j.ops.SequenceState;
import org.ttt4j.param.WeightSource;
import org.ttt4j.tensor.Tensors;
import org.ttt4j.tensor.TttException;

/** Long texts are read in pieces where only the last logits are asked for: nobody can tell. */
class LanguageModelTest {

    private static final TTTConfig CONFIG = TTTConfig.preset("tiny");

    @ParameterizedTest
    @EnumSource(InnerKind.class)
    void longTextsOfAnyLengthsGiveTheLogitsOfOneCall(InnerKind inner) {
        int[][] ids = ids(700, 256, 257, 0, 3);
        try (LanguageModel<?> model = open(inner)) {
            SequenceState once = model.newState(ids.length);
            INDArray all = model.forward(ids, once);
            SequenceState inPieces = model.newState(ids.length);
            INDArray last = model.next(ids, inPieces);
            for (int b = 0; b < ids.length; b++) {
                float[] expected = ids[b].length == 0
                        ? new float[CONFIG.vocabSize()]
                        : Tensors.toFloats(Tensors.at(all, b, ids[b].length - 1));
                assertArrayEquals(expected, Tensors.toFloats(Tensors.at(last, b)), 2e-5f, "sequence " + b);
                assertEquals(once.position(b), inPieces.position(b));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(InnerKind.class)
    void aBadTokenFarBehindChangesNothing(InnerKind inner) {
        int[][] ids = ids(3000);
        ids[0][2900] = CONFIG.vocabSize();
        try (LanguageModel<?> model = open(inner)) {
            SequenceState state = model.newState(1);
            assertThrows(TttException.class, () -> model.next(ids, state));
            assertEquals(0, state.position(0));
        }
    }

    private static LanguageModel<?> open(InnerKind inner) {
        return LanguageModel.open(CausalLM.of(CONFIG.withInner(inner)), WeightSource.init(5), Execution.fused());
    }

    private static int[][] ids(int... lengths) {
        Random random = new Random(6);
        int[][] ids = new int[lengths.length][];
        for (int b = 0; b < lengths.length; b++) {
            ids[b] = random.ints(lengths[b], 0, CONFIG.vocabSize()).toArray();
        }
        return ids;
    }
}
