package org.ttt4j.ops;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import org.ttt4j.param.Param;

/**
 * Gradients of parameters, added up over every use of a parameter and over every backward pass until they are dropped.
 *
 * @param <A> the executor's array type
 */
public final class Gradients<A> {

    private final Map<Param, A> sums = new LinkedHashMap<>();
    private final Function<Param, A> zeros;
    private final Predicate<Param> wanted;

    /**
     * @param zeros makes a zero array of a parameter's shape
     * @param wanted false for frozen parameters, which get no gradient
     */
    public Gradients(Function<Param, A> zeros, Predicate<Param> wanted) {
        this.zeros = zeros;
        this.wanted = wanted;
    }

    /** Whether the parameter's gradient is asked for. */
    public boolean wants(Param p) {
        return p != null && wanted.test(p);
    }

    /** The buffer to add the parameter's gradient to, in the parameter's own shape; ask {@link #wants} first. */
    public A of(Param p) {
        return sums.computeIfAbsent(p, zeros);
    }

    /** All gradients so far, in the order of first use. */
    public Map<Param, A> all() {
        return sums;
    }
}
