package org.ttt4j.generate;

/**
 * What was generated for one sequence.
 *
 * @param text without the stop token or stop string
 * @param ids all generated ids, the stop token included
 * @param finish why it ended
 * @param promptTokens tokens read before the first was generated
 * @param promptSeconds how long that took
 * @param seconds how long it took from there to the last token
 */
public record Generation(
        String text, int[] ids, Finish finish, int promptTokens, double promptSeconds, double seconds) {

    /** Why a sequence ended. */
    public enum Finish {
        /** A stop token or a stop string came. */
        STOP,
        /** It has as many tokens as were asked for. */
        LENGTH
    }

    /** Reading speed; other sequences of the batch were read at the same time. */
    public double promptTokensPerSecond() {
        return promptTokens / promptSeconds;
    }

    /** Writing speed after the first token, which is the prompt's; 0 if there is no other. */
    public double tokensPerSecond() {
        return ids.length < 2 ? 0 : (ids.length - 1) / seconds;
    }
}
