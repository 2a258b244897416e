package org.ttt4j.ops;

import org.ttt4j.param.Param;

/**
 * One linear map {@code x Wᵀ + b}.
 *
 * @param weight [out, in], or [out, 1, in]
 * @param bias [out] or [out, 1]; null for none
 */
public record Linear(Param weight, Param bias) {

    public Linear(Param weight) {
        this(weight, null);
    }

    /** Width of the output. */
    public int out() {
        return Math.toIntExact(weight.shape()[0]);
    }

    /** Width of the input. */
    public int in() {
        return Math.toIntExact(weight.shape()[weight.shape().length - 1]);
    }
}
