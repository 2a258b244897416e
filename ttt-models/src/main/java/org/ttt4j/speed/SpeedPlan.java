package org.ttt4j.speed;

import java.util.List;
import java.util.stream.Stream;
import org.ttt4j.tensor.TttException;

/**
 * What is timed. Every list may be empty.
 *
 * @param prompts tokens of the texts that are read, one text at a time, with the logits of all tokens and of the last
 * @param generate tokens that are written in one run; a multiple of the inner mini-batch K, so that every run holds the same
 *     number of its ends
 * @param batches sequences that are written side by side
 * @param positions tokens that have been read before writing is timed
 * @param train tokens of the sequence of a training step
 * @param seconds how long every test is repeated; slow ones take as long as three runs take
 */
public record SpeedPlan(
        List<Integer> prompts,
        List<Integer> generate,
        List<Integer> batches,
        List<Integer> positions,
        List<Integer> train,
        double seconds) {

    public SpeedPlan {
        prompts = atLeast(1, "prompt", prompts);
        generate = atLeast(1, "generate", generate);
        batches = atLeast(1, "batch", batches);
        positions = atLeast(0, "position", positions).stream().sorted().toList();
        train = atLeast(1, "train", train);
        if (!(seconds >= 0)) {
            throw TttException.mismatch("seconds", "0 or more", seconds);
        }
    }

    /** Prompts of 512 and 2,048 tokens, 64 tokens by 1 and by 8 sequences, training steps of 512. */
    public static SpeedPlan standard() {
        return new SpeedPlan(List.of(512, 2048), List.of(64), List.of(1, 8), List.of(0), List.of(512), 4);
    }

    /** The same without training steps: matrices that are not float32 cannot be trained. */
    public SpeedPlan withoutTraining() {
        return new SpeedPlan(prompts, generate, batches, positions, List.of(), seconds);
    }

    /** How many rows it gives. */
    public int rows() {
        return 2 * prompts.size() + generate.size() * batches.size() * positions.size() + train.size();
    }

    /** The most tokens that one product meets. */
    int mostTokens() {
        return Stream.of(prompts, batches, train)
                .flatMap(List::stream)
                .mapToInt(n -> n)
                .max()
                .orElse(1);
    }

    private static List<Integer> atLeast(int least, String name, List<Integer> values) {
        for (int value : values) {
            if (value < least) {
                throw TttException.mismatch(name, "at least " + least, value);
            }
        }
        return List.copyOf(values);
    }
}
