package org.ttt4j.ops;

/**
 * A value on a {@link Tape}.
 *
 * @param <A> the executor's array type
 */
public final class Var<A> {

    final A value;
    A gradient;

    Var(A value) {
        this.value = value;
    }

    public A value() {
        return value;
    }

    /** The gradient at this value after {@link Tape#backward}; null if nothing flowed here. */
    public A gradient() {
        return gradient;
    }
}
