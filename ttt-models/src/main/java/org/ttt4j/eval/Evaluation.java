package org.ttt4j.eval;

import java.util.List;

/**
 * How well a text was predicted.
 *
 * @param loss mean negative log-likelihood of the predicted tokens, in nats
 * @param bitsPerByte the same in bits, for each byte that these tokens stand for. The separator of documents costs bits and
 *     stands for no byte. NaN if no token stands for any.
 * @param tokens number of predicted tokens
 * @param byPosition loss by the place in the sequence, from its start on, in powers of two
 */
public record Evaluation(double loss, double bitsPerByte, long tokens, List<Range> byPosition) {

    /**
     * A range of positions. A position is the number of tokens read before the one that was read last when the prediction
     * was made: 0 for the prediction of a sequence's second token.
     *
     * @param from the first position
     * @param to the position behind the last: a power of two
     * @param loss mean over the predictions from these positions, in nats
     * @param tokens number of predictions
     */
    public record Range(long from, long to, double loss, long tokens) {}

    public Evaluation {
        byPosition = List.copyOf(byPosition);
    }

    /** {@code e^loss}: among how many equally likely tokens the model seems to choose. */
    public double perplexity() {
        return Math.exp(loss);
    }
}
