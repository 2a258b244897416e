package org.ttt4j.ops;

import java.util.List;
import org.ttt4j.param.Param;

/**
 * Runs models: holds the values of their parameters, its scratch and its threads. Weights do not change while a model
 * runs; only a trainer changes them, between runs.
 *
 * @param <A> its array type
 */
public interface Executor<A> extends Ops<A>, AutoCloseable {

    /**
     * Which arithmetic runs, in a few words: for example {@code fused (scalar kernel)}. Results may depend on it; they do
     * not on the number of threads, which is no part of it.
     */
    String description();

    /** The gradients of its operations. */
    Vjp<A> vjp();

    /** The parameters that it holds, in declaration order. */
    List<Param> params();

    /**
     * Ends the loading. An executor may leave values in their source until they are used, so that it never holds them twice;
     * from here on it does not need the source.
     */
    default void settle() {}

    /** The live values of a parameter. */
    A weight(Param p);

    /** Tells the executor that the values of parameters were changed in place, so that it renews what it derived. */
    void weightsChanged();

    /** A zero array. */
    A zeros(long... shape);

    /** Takes an array's memory back before its scope ends: nobody uses it any more. */
    default void free(A x) {}

    /** One step of an optimiser on arrays of this executor. */
    Updates<A> updates();

    /** Ends its threads and frees what it holds. */
    @Override
    void close();
}
