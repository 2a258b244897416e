package org.ttt4j.tokenizer;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Turns token ids into text as they come. A character appears when its last byte has come; what can no longer become one
 * appears as U+FFFD. All pieces together are the text that {@link Tokenizer#decode} gives. For one text, by one thread.
 */
public final class StreamingDecoder {

    private final Tokenizer tokenizer;
    private final CharsetDecoder utf8 = StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);
    /** The first bytes of an unfinished character, at most three. */
    private byte[] pending = new byte[0];
    /** What is to be left out if it comes first; none behind the beginning. */
    private String prefix;

    private StreamingDecoder(Tokenizer tokenizer, String prefix) {
        this.tokenizer = tokenizer;
        this.prefix = prefix;
    }

    /** For the ids of a whole text: the tokenizer's {@link Tokenizer#prefix} is left out. */
    public static StreamingDecoder ofText(Tokenizer tokenizer) {
        return new StreamingDecoder(tokenizer, tokenizer.prefix());
    }

    /** For ids that go on from other ones: a space before the first word is a part of the text. */
    public static StreamingDecoder ofContinuation(Tokenizer tokenizer) {
        return new StreamingDecoder(tokenizer, "");
    }

    /**
     * Takes the next id. A special id ends the character that may be unfinished.
     *
     * @return the text that is complete now, possibly none
     * @throws org.ttt4j.tensor.TttException if there is no such id
     */
    public String feed(int id) {
        byte[] bytes = tokenizer.bytes(id);
        return bytes.length == 0 ? finish() : withoutPrefix(decode(bytes, false));
    }

    /** Ends the text: U+FFFD if a character is unfinished, otherwise nothing. The text may go on. */
    public String finish() {
        String text = decode(new byte[0], true);
        utf8.reset();
        return withoutPrefix(text);
    }

    private String withoutPrefix(String text) {
        if (prefix.isEmpty() || text.isEmpty()) {
            return text;
        }
        int same = 0;
        while (same < Math.min(prefix.length(), text.length()) && prefix.charAt(same) == text.charAt(same)) {
            same++;
        }
        prefix = same == text.length() ? prefix.substring(same) : "";
        return text.substring(same);
    }

    private String decode(byte[] bytes, boolean end) {
        ByteBuffer in = ByteBuffer.allocate(pending.length + bytes.length)
                .put(pending)
                .put(bytes)
                .flip();
        CharBuffer out = CharBuffer.allocate(in.remaining() + 1);
        utf8.decode(in, out, end);
        pending = new byte[in.remaining()];
        in.get(pending);
        return out.flip().toString();
    }
}
