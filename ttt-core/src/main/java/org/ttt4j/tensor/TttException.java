package org.ttt4j.tensor;

import java.util.Arrays;

/**
 * The library's one exception: bad input of any kind (a tensor, a configuration key, a file). Its message names the thing,
 * what was expected and what was found. Nothing has been changed when it is thrown.
 */
public final class TttException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public TttException(String message) {
        super(message);
    }

    public TttException(String message, Throwable cause) {
        super(message, cause);
    }

    /**
     * Something has another value than it must have.
     *
     * @param name the tensor, key or file
     * @param expected what it must be
     * @param actual what it is
     */
    public static TttException mismatch(String name, Object expected, Object actual) {
        return new TttException(name + ": expected " + expected + ", found " + actual);
    }

    /** A tensor has another shape than it must have. */
    public static TttException shape(String name, long[] expected, long[] actual) {
        return mismatch(name, "shape " + Arrays.toString(expected), Arrays.toString(actual));
    }
}
