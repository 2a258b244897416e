package org.ttt4j.data;

import org.ttt4j.tensor.TttException;

/** Checks that all windows share. */
final class Windows {

    private Windows() {}

    static int requirePositive(String name, int value) {
        if (value < 1) {
            throw TttException.mismatch(name, "at least 1", value);
        }
        return value;
    }

    static void requireTokens(Tokens tokens, long least) {
        if (tokens.length() < least) {
            throw TttException.mismatch("text", "at least " + least + " tokens", tokens.length());
        }
    }
}
