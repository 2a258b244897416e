package org.ttt4j.config;

import org.ttt4j.tensor.TttException;

/** What makes a configuration sound. Messages name the key as it stands in a file. */
final class Checks {

    private Checks() {}

    static void sizes(int vocab, int hidden, int intermediate, int layers) {
        range("vocab_size", vocab, 1, 1 << 24);
        range("hidden_size", hidden, 4, 1 << 15);
        range("intermediate_size", intermediate, 1, 1 << 20);
        range("num_hidden_layers", layers, 1, 10_000);
        array("vocab_size times hidden_size", vocab, hidden);
        array("intermediate_size times hidden_size", intermediate, hidden);
    }

    /** An even part of the hidden size for each head. */
    static int headSize(int hidden, int heads) {
        range("num_attention_heads", heads, 1, Math.max(1, hidden));
        if (hidden % heads != 0) {
            throw TttException.mismatch("num_attention_heads", "a divisor of hidden_size " + hidden, heads);
        }
        int headSize = hidden / heads;
        if (headSize < 4 || headSize % 2 != 0) {
            throw TttException.mismatch(
                    "num_attention_heads",
                    "an even head size of at least 4",
                    "hidden_size " + hidden + " / " + heads + " = " + headSize);
        }
        return headSize;
    }

    static void inner(InnerKind inner, int hidden, int heads, int miniBatch, double baseLearningRate) {
        range("mini_batch_size", miniBatch, 1, 1 << 16);
        notNegative("ttt_base_lr", baseLearningRate);
        array("inner weights", heads, inner.floats(hidden / heads));
    }

    static void range(String key, int value, int least, int most) {
        if (value < least || value > most) {
            throw TttException.mismatch(key, least + " to " + most, value);
        }
    }

    static void positive(String key, double value) {
        if (!(value > 0 && Double.isFinite(value))) {
            throw TttException.mismatch(key, "a finite number above 0", value);
        }
    }

    static void notNegative(String key, double value) {
        if (!(value >= 0 && Double.isFinite(value))) {
            throw TttException.mismatch(key, "a finite number, not below 0", value);
        }
    }

    /** A token id may be absent. */
    static void id(String key, Integer id, int vocab) {
        if (id != null) {
            range(key, id, 0, vocab - 1);
        }
    }

    /** Every tensor must fit into a Java array. */
    static void array(String what, long a, long b) {
        if (a * b > Integer.MAX_VALUE) {
            throw TttException.mismatch(what, "at most " + Integer.MAX_VALUE, a * b);
        }
    }
}
