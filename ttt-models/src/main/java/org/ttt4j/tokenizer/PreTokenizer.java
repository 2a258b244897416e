package org.ttt4j.tokenizer;

/** Cuts a text into pieces across which no token reaches, and may change them. */
@FunctionalInterface
interface PreTokenizer {

    /**
     * Cuts a part of a text.
     *
     * @param first whether the part begins where the whole text begins
     * @param sink gets the pieces in their order; none is empty
     */
    void split(String text, int from, int to, boolean first, Sink sink);

    /** Takes pieces: parts of texts. */
    @FunctionalInterface
    interface Sink {
        void piece(String text, int from, int to, boolean first);
    }

    /** One after the other: what the one cuts, the next one cuts further. */
    default PreTokenizer then(PreTokenizer next) {
        return (text, from, to, first, sink) ->
                split(text, from, to, first, (t, f, e, start) -> next.split(t, f, e, start, sink));
    }
}
