package org.ttt4j.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.ttt4j.tensor.TttException;

class SamplerTest {

    /** Of probabilities 0.1, 0.4, 0.2, 0.25, 0.05. */
    private static final double[] LOGITS = logs(0.1, 0.4, 0.2, 0.25, 0.05);

    private static double[] logs(double... p) {
        return Arrays.stream(p).map(Math::log).toArray();
    }

    private static double[] weights(Sampling sampling, double... logits) {
        double highest = Arrays.stream(logits).max().getAsDouble();
        return new Sampler(sampling, 0).weights(logits.clone(), highest);
    }

    @Test
    void greedyTakesTheLikeliestAndTheLowestOfEquals() {
        assertEquals(1, new Sampler(Sampling.greedy(), 0).next(LOGITS.clone()));
        assertEquals(2, new Sampler(Sampling.greedy(), 0).next(new double[] {-1, 0, 3, 3, 3}));
    }

    @Test
    void limitsByHand() {
        assertArrayEquals(
                new double[] {0, 1, 0, 0.625, 0}, weights(Sampling.plain().withTopK(2), LOGITS), 1e-15);
        // 0.4 + 0.25 are less than 0.66, so the third is needed.
        assertArrayEquals(
                new double[] {0, 1, 0.5, 0.625, 0}, weights(Sampling.plain().withTopP(0.66), LOGITS), 1e-15);
        assertArrayEquals(
                new double[] {0, 1, 0, 0.625, 0}, weights(Sampling.plain().withTopP(0.64), LOGITS), 1e-15);
        assertArrayEquals(new double[] {0, 1, 0, 0, 0}, weights(Sampling.plain().withTopP(1e-9), LOGITS), 1e-15);
        assertArrayEquals(
                new double[] {0, 1, 0.5, 0.625, 0}, weights(Sampling.plain().withMinP(0.4), LOGITS), 1e-15);
        assertArrayEquals(
                new double[] {0.0625, 1, 0.25, 0.390625, 0.015625},
                weights(Sampling.plain().withTemperature(0.5), LOGITS),
                1e-15);
    }

    @Test
    void limitsWorkOneAfterTheOther() {
        // Of the four likeliest, 0.4 and 0.25 have 65/95 of the probability.
        Sampling both = Sampling.plain().withTopK(4).withTopP(0.68);
        assertArrayEquals(new double[] {0, 1, 0, 0.625, 0}, weights(both, LOGITS), 1e-15);
        assertArrayEquals(
                new double[] {0, 1, 0.5, 0.625, 0}, weights(Sampling.plain().withTopP(0.68), LOGITS), 1e-15);
    }

    @Test
    void amongEqualsTheLowestIdsStay() {
        assertArrayEquals(new double[] {1, 1, 0, 0}, weights(Sampling.plain().withTopK(2), 0, 0, 0, 0));
        assertArrayEquals(new double[] {1, 1, 0, 0}, weights(Sampling.plain().withTopP(0.5), 0, 0, 0, 0));
    }

    @Test
    void repetitionIsPenalisedOnBothSidesOfZero() {
        Sampler sampler = new Sampler(Sampling.greedy().withRepetitionPenalty(2), 0);
        sampler.occurred(0, 3);
        double[] logits = {3, 2, 1, -1, -1.5};
        assertEquals(1, sampler.next(logits));
        assertArrayEquals(new double[] {1.5, 2, 1, -2, -1.5}, logits);
    }

    @Test
    void drawsFollowTheProbabilities() {
        int n = 20_000;
        Sampler sampler = new Sampler(Sampling.plain(), 7);
        int[] drawn = new int[5];
        IntStream.range(0, n).forEach(i -> drawn[sampler.next(LOGITS.clone())]++);
        for (int i = 0; i < drawn.length; i++) {
            assertEquals(Math.exp(LOGITS[i]), drawn[i] / (double) n, 0.01);
        }
    }

    @Test
    void seedsDecide() {
        assertArrayEquals(draws(1), draws(1));
        assertTrue(!Arrays.equals(draws(1), draws(2)));
    }

    private static int[] draws(long seed) {
        Sampler sampler = new Sampler(Sampling.plain(), seed);
        return IntStream.range(0, 50).map(i -> sampler.next(LOGITS.clone())).toArray();
    }

    @Test
    void extremesAreHarmless() {
        Sampling cold = Sampling.plain().withTemperature(1e-300);
        assertEquals(1, new Sampler(cold, 0).next(LOGITS.clone()));
        assertEquals(0, new Sampler(Sampling.plain(), 0).next(new double[] {0, Double.NEGATIVE_INFINITY}));
        assertThrows(TttException.class, () -> new Sampler(cold, 0).next(new double[] {0, Double.NaN}));
    }

    @Test
    void settingsAreChecked() {
        assertThrows(TttException.class, () -> Sampling.plain().withTemperature(-1));
        assertThrows(TttException.class, () -> Sampling.plain().withTopK(-1));
        assertThrows(TttException.class, () -> Sampling.plain().withTopP(0));
        assertThrows(TttException.class, () -> Sampling.plain().withMinP(Double.NaN));
        assertThrows(TttException.class, () -> Sampling.plain().withRepetitionPenalty(0));
    }
}
