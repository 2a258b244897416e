package org.ttt4j.generate;

import java.util.Arrays;
import org.ttt4j.tokenizer.Tokenizer;

/**
 * What one sequence is to go on from. What is generated depends on the prompt and its seed, not on the other sequences
 * of the batch.
 *
 * @param ids token ids; may be empty
 * @param seed of the sequence's random numbers
 */
public record Prompt(int[] ids, long seed) {

    public Prompt {
        ids = ids.clone();
    }

    public static Prompt of(Tokenizer tokenizer, String text, long seed) {
        return new Prompt(tokenizer.encode(text), seed);
    }

    /** A copy. */
    @Override
    public int[] ids() {
        return ids.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Prompt p && seed == p.seed && Arrays.equals(ids, p.ids);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(ids) + Long.hashCode(seed);
    }
}
