package org.ttt4j.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.ttt4j.tokenizer.ByteTokenizer;
import org.ttt4j.tokenizer.StreamingDecoder;

class TextStreamTest {

    private final ByteTokenizer tokenizer = new ByteTokenizer();
    private final List<String> pieces = new ArrayList<>();

    /** Feeds a text byte by byte; true if it came to a stop string. */
    private boolean feed(TextStream stream, String text) {
        for (int id : tokenizer.encode(text)) {
            if (stream.stopsWith(id)) {
                return true;
            }
        }
        return false;
    }

    private TextStream stream(String... stops) {
        return new TextStream(StreamingDecoder.ofText(tokenizer), List.of(stops), pieces::add);
    }

    @Test
    void charactersComeWhole() {
        TextStream stream = stream();
        assertFalse(feed(stream, "aé€\uD83D\uDE00"));
        assertEquals(List.of("a", "é", "€", "\uD83D\uDE00"), pieces);
        assertEquals("aé€\uD83D\uDE00", stream.finish());
    }

    @Test
    void stopStringIsNeverShown() {
        TextStream stream = stream("\n\n", "END");
        assertTrue(feed(stream, "one\ntwo EN EEND three"));
        assertEquals("one\ntwo EN E", stream.finish());
        assertEquals("one\ntwo EN E", String.join("", pieces));
        assertTrue(pieces.contains("\nt"), "held back until it cannot become a stop string");
    }

    @Test
    void whatWasHeldBackComesInTheEnd() {
        TextStream stream = stream("END");
        assertFalse(feed(stream, "the EN"));
        assertEquals("the ", String.join("", pieces));
        assertEquals("the EN", stream.finish());
        assertEquals("the EN", String.join("", pieces));
    }

    @Test
    void unfinishedCharacterAppearsInTheEnd() {
        TextStream stream = stream("é");
        assertFalse(stream.stopsWith(0xC3));
        assertEquals(List.of(), pieces);
        assertEquals("\uFFFD", stream.finish());
        assertEquals(List.of("\uFFFD"), pieces);
    }
}
