package org.ttt4j.layer;

import org.ttt4j.tensor.TttException;

/**
 * What a Mamba layer is made of.
 *
 * @param hidden C
 * @param inner E, channels of the recurrence
 * @param states S of a channel
 * @param convKernel width of the convolution, in tokens
 * @param stepRank R, width from which step sizes are projected
 * @param bias whether input and output projection have a bias
 * @param convBias whether the convolution has one
 * @param stepMin least step size at the start
 * @param stepMax largest step size at the start
 * @param depth blocks of the model: the output projection starts smaller by its root
 */
public record MambaSizes(
        int hidden,
        int inner,
        int states,
        int convKernel,
        int stepRank,
        boolean bias,
        boolean convBias,
        double stepMin,
        double stepMax,
        int depth) {

    public MambaSizes {
        positive("hidden", hidden);
        positive("inner", inner);
        positive("states", states);
        positive("convKernel", convKernel);
        positive("stepRank", stepRank);
        positive("depth", depth);
        if (!(stepMin > 0 && stepMin <= stepMax)) {
            throw TttException.mismatch("step sizes", "0 < least <= largest", stepMin + " to " + stepMax);
        }
    }

    private static void positive(String name, int value) {
        if (value < 1) {
            throw TttException.mismatch(name, "at least 1", value);
        }
    }

    /** The usual ones: E = 2C, S = 16, four taps, R = ⌈C/16⌉. */
    public static MambaSizes of(int hidden) {
        return new MambaSizes(hidden, 2 * hidden, 16, 4, (hidden + 15) / 16, false, true, 0.001, 0.1, 1);
    }
}
