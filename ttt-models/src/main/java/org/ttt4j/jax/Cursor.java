package org.ttt4j.jax;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import org.msgpack.core.MessageInsufficientBufferException;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessagePackException;
import org.msgpack.core.MessageUnpacker;
import org.msgpack.value.ValueType;
import org.ttt4j.tensor.TttException;

/**
 * Walks over the msgpack objects of a file. Only the heads of objects are read, through a small window; the bytes of large
 * ones are skipped, whatever length they claim, as long as the file holds them.
 */
final class Cursor {

    /** The longest string that is a name and not data. */
    private static final int LONGEST_NAME = 1 << 10;

    private static final int NAME_BUFFER = 1 << 7;
    private static final int WINDOW = 1 << 13;
    private static final int LEAST = LONGEST_NAME + 16;

    private static final MessagePack.UnpackerConfig CONFIG = new MessagePack.UnpackerConfig()
            .withStringSizeLimit(LONGEST_NAME)
            .withActionOnMalformedString(CodingErrorAction.REPORT)
            .withActionOnUnmappableString(CodingErrorAction.REPORT)
            .withStringDecoderBufferSize(NAME_BUFFER); // one for every name; must come last, the others forget it

    private final FileChannel channel;
    private final String label;
    private final byte[] window = new byte[WINDOW];
    private long windowStart;
    private int windowLength;
    private long position;
    private long end;

    /** @param label the file's name in messages */
    Cursor(FileChannel channel, String label) throws IOException {
        this.channel = channel;
        this.label = label;
        end = channel.size();
    }

    /** Reads one head. */
    @FunctionalInterface
    private interface Read<T> {
        T from(MessageUnpacker in) throws IOException;
    }

    long position() {
        return position;
    }

    void moveTo(long place) {
        position = place;
    }

    /** Where the object ends that is being read. */
    long end() {
        return end;
    }

    boolean atEnd() {
        return position == end;
    }

    /**
     * From here on, the next n bytes are all that there is.
     *
     * @return the end until now, to be given to {@link #leave}
     */
    long enter(long n, String what) {
        if (n > end - position) {
            throw mismatch(what, "at most " + (end - position) + " bytes, which are left", n);
        }
        long before = end;
        end = position + n;
        return before;
    }

    /** Skips all that there is. */
    void skip() {
        position = end;
    }

    /** Ends what {@link #enter} began; all of it must have been read. */
    void leave(long before, String what) {
        if (position != end) {
            throw mismatch(what, "an end at byte " + end, "one at byte " + position);
        }
        end = before;
    }

    /** What comes next. */
    ValueType type(String what) {
        MessageUnpacker in = unpacker();
        try {
            return in.getNextFormat().getValueType();
        } catch (IOException | MessagePackException e) {
            throw unreadable(what, e);
        }
    }

    int array(String what) {
        return read(what, MessageUnpacker::unpackArrayHeader);
    }

    int map(String what) {
        return read(what, MessageUnpacker::unpackMapHeader);
    }

    boolean flag(String what) {
        return read(what, MessageUnpacker::unpackBoolean);
    }

    String name(String what) {
        return read(what, MessageUnpacker::unpackString);
    }

    long size(String what) {
        long n = read(what, MessageUnpacker::unpackLong);
        if (n < 0) {
            throw mismatch(what, "a size", n);
        }
        return n;
    }

    /** Enters an extension object of type 1, an array, or 3, a scalar. */
    long enterExtension(String what) {
        var head = read(what, MessageUnpacker::unpackExtensionTypeHeader);
        if (head.getType() != 1 && head.getType() != 3) {
            throw mismatch(what, "an array (extension 1) or a scalar (extension 3)", "extension " + head.getType());
        }
        return enter(head.getLength(), what);
    }

    /**
     * The head of a byte string, as <em>bin</em> or, in the old specification, as <em>raw</em>. Lengths go to 2³², beyond
     * what the library's own method can give.
     */
    long bytes(String what) {
        int code = type(what).isRawType() ? next() & 0xff : -1;
        return switch (code) {
            case 0xc4, 0xd9 -> number(1);
            case 0xc5, 0xda -> number(2);
            case 0xc6, 0xdb -> number(4);
            case -1 -> throw mismatch(what, "bytes", type(what));
            default -> code & 0x1f; // a short string
        };
    }

    /** The next byte, which {@link #type} has seen. */
    private byte next() {
        return window[(int) (position++ - windowStart)];
    }

    private long number(int bytes) {
        if (bytes > end - position) {
            throw mismatch("byte " + position, bytes + " bytes of a length", "the end");
        }
        unpacker();
        long n = 0;
        for (int i = 0; i < bytes; i++) {
            n = n << 8 | next() & 0xff;
        }
        return n;
    }

    /** A short byte string as text: the name of a type. */
    String word(String what) {
        long n = bytes(what);
        if (n > 16 || n > end - position) {
            throw mismatch(what, "a short name", n + " bytes");
        }
        unpacker();
        String word = new String(window, (int) (position - windowStart), (int) n, StandardCharsets.ISO_8859_1);
        position += n;
        return word;
    }

    private <T> T read(String what, Read<T> head) {
        MessageUnpacker in = unpacker();
        try {
            T value = head.from(in);
            position += in.getTotalReadBytes();
            return value;
        } catch (IOException | MessagePackException e) {
            throw unreadable(what, e);
        }
    }

    /** An unpacker at the current position that sees at least the next head, unless the end comes before. */
    private MessageUnpacker unpacker() {
        long wanted = Math.min(end, position + LEAST);
        try {
            if (position < windowStart || wanted > windowStart + windowLength) {
                fill();
            }
        } catch (IOException e) {
            throw new TttException(label + ": cannot be read: " + e, e);
        }
        int from = (int) (position - windowStart);
        int n = (int) Math.min(windowLength - from, end - position);
        return CONFIG.newUnpacker(window, from, n);
    }

    private void fill() throws IOException {
        ByteBuffer into = ByteBuffer.wrap(window);
        windowStart = position;
        while (into.hasRemaining() && channel.read(into, windowStart + into.position()) >= 0) {}
        windowLength = into.position();
    }

    private TttException unreadable(String what, Exception e) {
        String why = e instanceof MessageInsufficientBufferException
                ? "the end"
                : e.getMessage() == null ? e.toString() : e.getMessage();
        return new TttException(label + ", " + what + ", at byte " + position + ": expected msgpack, found: " + why, e);
    }

    TttException mismatch(String what, Object expected, Object actual) {
        return TttException.mismatch(label + ", " + what, expected, actual);
    }
}
