package org.ttt4j.generate;

import java.util.Arrays;
import java.util.BitSet;
import org.ttt4j.data.SplitMix64;
import org.ttt4j.tensor.TttException;

/** Chooses the tokens of one sequence: random numbers and occurred tokens of its own, so that neighbours do not matter. */
final class Sampler {

    private final Sampling sampling;
    private final SplitMix64 random;
    private final BitSet occurred = new BitSet();

    Sampler(Sampling sampling, long seed) {
        this.sampling = sampling;
        this.random = new SplitMix64(seed);
    }

    /** Tells it about tokens, for the repetition penalty. */
    void occurred(int... ids) {
        for (int id : ids) {
            occurred.set(id);
        }
    }

    /**
     * Chooses a token.
     *
     * @param logits one per id; changed
     */
    int next(double[] logits) {
        for (double logit : logits) {
            if (Double.isNaN(logit) || logit == Double.POSITIVE_INFINITY) {
                throw TttException.mismatch("logits", "finite values", logit + ": the model has diverged");
            }
        }
        penalise(logits);
        int best = argmax(logits);
        return sampling.temperature() == 0 ? best : draw(weights(logits, logits[best]));
    }

    private void penalise(double[] logits) {
        double penalty = sampling.repetitionPenalty();
        if (penalty != 1) {
            occurred.stream()
                    .filter(id -> id < logits.length)
                    .forEach(id -> logits[id] *= logits[id] > 0 ? 1 / penalty : penalty);
        }
    }

    private static int argmax(double[] x) {
        int best = 0;
        for (int i = 1; i < x.length; i++) {
            if (x[i] > x[best]) {
                best = i;
            }
        }
        return best;
    }

    /** What each token is worth after all limits; 0 for tokens that are out. Not normalised: the likeliest has 1. */
    double[] weights(double[] logits, double highest) {
        double[] p = new double[logits.length];
        for (int i = 0; i < p.length; i++) {
            p[i] = Math.exp((logits[i] - highest) / sampling.temperature());
        }
        if (sampling.topK() > 0) {
            keep(p, sampling.topK());
        }
        if (sampling.topP() < 1) {
            keep(p, nucleus(p));
        }
        for (int i = 0; i < p.length; i++) {
            p[i] = p[i] < sampling.minP() ? 0 : p[i];
        }
        return p;
    }

    /** How many of the likeliest tokens it takes to have the share top-p of all. */
    private int nucleus(double[] p) {
        double[] sorted = p.clone();
        Arrays.sort(sorted);
        double enough = sampling.topP() * Arrays.stream(sorted).sum();
        double sum = 0;
        int n = 0;
        while (n < p.length && sum < enough) {
            sum += sorted[p.length - ++n];
        }
        return n;
    }

    /** Sets all but the n largest to 0; among equals the lower id stays. */
    private static void keep(double[] p, int n) {
        if (n >= p.length) {
            return;
        }
        double[] sorted = p.clone();
        Arrays.sort(sorted);
        double least = sorted[p.length - n];
        int equals = n - (int) Arrays.stream(p).filter(x -> x > least).count();
        for (int i = 0; i < p.length; i++) {
            if (p[i] < least || p[i] == least && equals-- <= 0) {
                p[i] = 0;
            }
        }
    }

    private int draw(double[] p) {
        double left = random.nextDouble() * Arrays.stream(p).sum();
        int last = 0;
        for (int i = 0; i < p.length; i++) {
            if (p[i] > 0) {
                last = i;
                left -= p[i];
                if (left < 0) {
                    break;
                }
            }
        }
        return last; // rounding may leave a rest behind the last token
    }
}
