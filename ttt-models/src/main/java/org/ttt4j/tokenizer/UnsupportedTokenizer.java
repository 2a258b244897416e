package org.ttt4j.tokenizer;

import org.ttt4j.tensor.TttException;

/** A tokenizer's file asks for something that is not built here. Another library may know it. */
final class UnsupportedTokenizer extends RuntimeException {

    private static final long serialVersionUID = 1L;

    UnsupportedTokenizer(String message) {
        super(message);
    }

    TttException toTttException(String advice) {
        return new TttException(getMessage() + advice, this);
    }
}
