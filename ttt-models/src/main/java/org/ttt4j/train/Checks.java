package org.ttt4j.train;

import org.ttt4j.tensor.TttException;

/** Checks of numbers in a plan. */
final class Checks {

    private Checks() {}

    static void atLeast(String name, long value, long least) {
        if (value < least) {
            throw TttException.mismatch(name, "at least " + least, value);
        }
    }

    /** Both ends included; not NaN. */
    static void range(String name, double value, double least, double most) {
        if (!(value >= least && value <= most)) {
            throw TttException.mismatch(name, least + " to " + most, value);
        }
    }
}
