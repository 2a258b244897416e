package org.ttt4j.generate;

import java.util.List;
import java.util.Set;
import org.ttt4j.tensor.TttException;
import org.ttt4j.tokenizer.Tokenizer;

/**
 * How to write, and how far. The {@code with...} methods give changed copies.
 *
 * @param sampling how tokens are chosen
 * @param maxTokens the most tokens to generate for each sequence; 0 only reads the prompt
 * @param stopTokens ids that end a sequence
 * @param stopStrings texts that end a sequence; they are not part of its text
 */
public record Options(Sampling sampling, int maxTokens, Set<Integer> stopTokens, List<String> stopStrings) {

    private static final int MAX_TOKENS = 256;

    public Options {
        if (maxTokens < 0) {
            throw TttException.mismatch("max tokens", "0 or more", maxTokens);
        }
        if (stopStrings.contains("")) {
            throw TttException.mismatch("stop string", "at least one character", "none");
        }
        stopTokens = Set.copyOf(stopTokens);
        stopStrings = List.copyOf(stopStrings);
    }

    /** The model's own distribution, at most 256 tokens, to the end of the text. */
    public static Options of(Tokenizer tokenizer) {
        return new Options(Sampling.plain(), MAX_TOKENS, Set.of(tokenizer.endOfText()), List.of());
    }

    public Options withSampling(Sampling s) {
        return new Options(s, maxTokens, stopTokens, stopStrings);
    }

    public Options withMaxTokens(int n) {
        return new Options(sampling, n, stopTokens, stopStrings);
    }

    public Options withStopTokens(Set<Integer> ids) {
        return new Options(sampling, maxTokens, ids, stopStrings);
    }

    public Options withStopStrings(List<String> texts) {
        return new Options(sampling, maxTokens, stopTokens, texts);
    }
}
