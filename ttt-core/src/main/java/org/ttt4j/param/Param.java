package org.ttt4j.param;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.ttt4j.tensor.Tensors;
import org.ttt4j.tensor.TttException;

/**
 * A declared parameter. Layers hold declarations, executors hold values. Two declarations with the same key are the same
 * parameter (tied weights).
 *
 * @param key the checkpoint key, for example {@code model.layers.0.seq_modeling_block.W1}
 * @param init how it starts
 * @param decays whether an optimiser's weight decay may shrink it
 * @param shape its sizes
 */
public record Param(String key, Init init, boolean decays, long... shape) {

    /**
     * Checks the declaration.
     *
     * @throws TttException if something is missing, or a size is not positive
     */
    public Param {
        if (key == null || init == null || shape == null) {
            throw TttException.mismatch("parameter " + key, "a key, a start and a shape", "nothing");
        }
        if (Arrays.stream(shape).anyMatch(size -> size < 1)) {
            throw TttException.mismatch(key, "a shape of positive sizes", Arrays.toString(shape));
        }
    }

    /** A parameter as most are: weight decay may shrink it. */
    public Param(String key, Init init, long... shape) {
        this(key, init, true, shape);
    }

    /** The same parameter, exempt from weight decay. */
    public Param withoutDecay() {
        return new Param(key, init, false, shape);
    }

    /** Number of its values. */
    public long count() {
        return Tensors.count(shape);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Param p && p.key.equals(key);
    }

    @Override
    public int hashCode() {
        return key.hashCode();
    }

    @Override
    public String toString() {
        return key + Arrays.stream(shape).mapToObj(Long::toString).collect(Collectors.joining(", ", " [", "]"));
    }
}
