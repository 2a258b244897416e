package org.ttt4j.recall;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.ttt4j.config.MixerKind;
import org.ttt4j.data.Batch;
import org.ttt4j.data.SplitMix64;
import org.ttt4j.tensor.TttException;

/** The task is what it says, memories are of one size, and a training learns. */
class RecallTest {

    private static final RecallTask TASK = new RecallTask(256, 64, 4);

    @Test
    void everyKeyIsAskedForOnceAndItsValueIsTheTarget() {
        Batch batch = TASK.batch(new SplitMix64(3), 50);
        assertEquals(50 * 4, batch.targetCount());
        for (int b = 0; b < 50; b++) {
            int[] x = batch.inputs()[b];
            Set<Integer> asked = new HashSet<>();
            for (int t = 0; t < 64; t++) {
                int target = batch.targets()[b][t];
                if (target >= 0) {
                    assertTrue(t >= 8, "behind the pairs");
                    int i = pair(x, x[t]);
                    assertEquals(x[2 * i + 1], target);
                    assertTrue(x[t] < 128 && target >= 128, "keys and values are different tokens");
                    asked.add(x[t]);
                }
            }
            assertEquals(4, asked.size());
        }
        assertArrayEquals(batch.inputs(), TASK.batch(new SplitMix64(3), 50).inputs());
        assertThrows(TttException.class, () -> new RecallTask(256, 15, 4));
        assertThrows(TttException.class, () -> new RecallTask(6, 64, 4));
    }

    private static int pair(int[] text, int key) {
        for (int i = 0; i < 4; i++) {
            if (text[2 * i] == key) {
                return i;
            }
        }
        throw new AssertionError("no pair has key " + key);
    }

    @ParameterizedTest
    @EnumSource(MixerKind.class)
    void memoriesAreOfOneSize(MixerKind mixer) {
        double ofAttention = 2 * (2 * 64 * 32 + 4 * 64); // blocks x (keys, values, convolution)
        assertEquals(1, RecallModels.of(mixer, TASK.vocabulary()).stateFloats(64) / ofAttention, 0.07);
    }

    @Test
    void aTrainingLearnsAndTheBestRateWins() {
        RecallTask task = new RecallTask(8, 8, 1);
        RecallPlan plan =
                new RecallPlan(task, List.of(MixerKind.ATTENTION), 60, 16, List.of(1e-9, 1e-2), List.of(1L, 2L));
        List<RecallRun> seen = new ArrayList<>();
        List<RecallSweep.Score> scores = RecallSweep.run(plan, 2, seen::add);
        assertEquals(4, seen.size());
        assertEquals(2, scores.size());
        RecallSweep.Score best = RecallSweep.best(scores).get(0);
        assertEquals(1e-2, best.rate());
        assertEquals(2, best.runs().size());
        assertTrue(best.accuracy() > 0.3, "accuracy " + best.accuracy() + " of one in four values");
    }
}
