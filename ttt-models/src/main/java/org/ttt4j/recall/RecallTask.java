package org.ttt4j.recall;

import java.util.Arrays;
import org.ttt4j.data.Batch;
import org.ttt4j.data.SplitMix64;
import org.ttt4j.tensor.TttException;

/**
 * Texts that begin with pairs of a key and its value, and ask for the value wherever a key comes again (Arora et al. 2023,
 * appendix E.1). Keys are of the vocabulary's first half, values of its second. Each key is asked for once, at an even distance
 * behind the pairs; all other places hold random tokens and have no target.
 *
 * @param vocabulary V, even
 * @param length L
 * @param pairs pairs of a text
 */
public record RecallTask(int vocabulary, int length, int pairs) {

    public RecallTask {
        if (vocabulary < 4 || vocabulary % 2 != 0 || pairs < 1 || pairs > vocabulary / 2) {
            throw TttException.mismatch("recall", "an even vocabulary of at least two tokens a pair", vocabulary);
        }
        if (length < 4 * pairs) {
            throw TttException.mismatch("length of a recall text", "at least " + 4 * pairs + ", four a pair", length);
        }
    }

    /** Texts side by side; targets of -1 are none. */
    public Batch batch(SplitMix64 random, int batch) {
        int[][] inputs = new int[batch][length];
        int[][] targets = new int[batch][length];
        for (int b = 0; b < batch; b++) {
            text(random, inputs[b], targets[b]);
        }
        return new Batch(inputs, targets);
    }

    private void text(SplitMix64 random, int[] input, int[] target) {
        Arrays.fill(target, -1);
        for (int t = 0; t < length; t++) {
            input[t] = random.nextInt(vocabulary);
        }
        int[] keys = distinct(random, vocabulary / 2);
        int[] places = distinct(random, (length - 2 * pairs) / 2);
        for (int i = 0; i < pairs; i++) {
            int value = vocabulary / 2 + random.nextInt(vocabulary / 2);
            input[2 * i] = keys[i];
            input[2 * i + 1] = value;
            int asked = 2 * pairs + 2 * places[i];
            input[asked] = keys[i];
            target[asked] = value;
        }
    }

    /** As many different numbers below a bound as there are pairs. */
    private int[] distinct(SplitMix64 random, int bound) {
        int[] chosen = new int[pairs];
        for (int i = 0; i < pairs; i++) {
            int next;
            do {
                next = random.nextInt(bound);
            } while (contains(chosen, i, next));
            chosen[i] = next;
        }
        return chosen;
    }

    private static boolean contains(int[] values, int n, int value) {
        return Arrays.stream(values, 0, n).anyMatch(v -> v == value);
    }
}
