package org.ttt4j.train;

/** How windows are taken from the training text. */
public enum Reading {
    /** Anywhere, each from an empty state. */
    RANDOM,
    /**
     * One after the other, in as many streams as the batch has sequences; the state is carried from window to window, its
     * gradient is cut there. At the end of the text all streams begin again with an empty state.
     */
    CARRIED
}
