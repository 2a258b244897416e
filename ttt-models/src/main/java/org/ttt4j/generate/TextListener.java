package org.ttt4j.generate;

/** Sees text as it is written. */
@FunctionalInterface
public interface TextListener {

    /** Sees nothing. */
    TextListener NONE = (sequence, piece) -> {};

    /**
     * The next piece of a sequence's text: whole characters, never a part of a stop string. All pieces together are the
     * result's text.
     *
     * @param sequence its place in the batch
     */
    void onText(int sequence, String piece);
}
