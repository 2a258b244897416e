package org.ttt4j.verify;

/**
 * One thing that was looked at.
 *
 * @param level what it means for the whole
 * @param text what was found
 */
public record Finding(Level level, String text) {

    /** What a finding means for the whole. */
    public enum Level {
        /** As it is in a trained model that was loaded as it was meant. */
        OK,
        /** Unusual, but no reason for doubt. */
        NOTE,
        /** Not so in a trained model, as a rule. */
        DOUBT,
        /** Cannot be so in a trained model. */
        WRONG
    }
}
