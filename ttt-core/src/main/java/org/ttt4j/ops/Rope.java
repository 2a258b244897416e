package org.ttt4j.ops;

import org.ttt4j.tensor.TttException;

/**
 * Rotary position embedding (Su et al. 2021): pair i of a head's channels turns by {@code p·theta^(-2i/D)}, where p is the
 * token's position modulo the period.
 *
 * @param heads H
 * @param headSize D, even
 * @param theta the base
 * @param period positions count modulo this: the mini-batch size K in a TTT layer, or {@link #ENDLESS}
 * @param pairs which channels make a pair
 */
public record Rope(int heads, int headSize, double theta, int period, Pairs pairs) {

    /** A period that no position reaches: positions count from the sequence's start. */
    public static final int ENDLESS = Integer.MAX_VALUE;

    /** Which channels of a head make pair i. */
    public enum Pairs {
        /** 2i and 2i + 1. */
        INTERLEAVED,
        /** i and i + D/2. */
        HALVES
    }

    public Rope {
        if (headSize < 2 || headSize % 2 != 0) {
            throw TttException.mismatch("head size of the rotary embedding", "an even number", headSize);
        }
    }

    /** On interleaved pairs. */
    public Rope(int heads, int headSize, double theta, int period) {
        this(heads, headSize, theta, period, Pairs.INTERLEAVED);
    }
}
