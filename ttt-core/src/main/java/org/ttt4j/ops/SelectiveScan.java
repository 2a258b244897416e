package org.ttt4j.ops;

import org.ttt4j.param.Param;

/**
 * The selective state space recurrence of Mamba (Gu and Dao 2023, algorithm 2), for each channel e with S states:
 * {@code s_t = exp(Δ_t A) s_{t-1} + Δ_t x_t B_t}, {@code y_t = s_t·C_t + skip x_t}, {@code A = -exp(logA)},
 * {@code Δ = softplus(delta)}. Its memory is s [B, E, S].
 *
 * @param key the state's name in a {@link SequenceState}
 * @param logA [E, S]
 * @param skip [E], D in the paper
 */
public record SelectiveScan(String key, Param logA, Param skip) implements StateSpec {

    /** The state's tensor [B, E, S]. */
    public static final String STATE = "ssm_state";

    /** Channels E. */
    public int channels() {
        return (int) logA.shape()[0];
    }

    /** States S of a channel. */
    public int stateSize() {
        return (int) logA.shape()[1];
    }

    @Override
    public String layout() {
        return stateSize() + " states of " + channels() + " channels";
    }
}
