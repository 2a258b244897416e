package org.ttt4j.tokenizer;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.ttt4j.tensor.TttException;

/** Translates between text in UTF-8 and token ids from 0 to {@link #vocabularySize()} - 1. */
public interface Tokenizer {

    /** The name that a checkpoint stores: known to {@link Tokenizers#byName}, or telling the file by its hash. */
    String name();

    /** V: number of ids, special ones included. */
    int vocabularySize();

    /** The id that ends a text and separates documents. */
    int endOfText();

    /**
     * The same with another end of text.
     *
     * @throws TttException if there is no such id, or the end of text is fixed
     */
    default Tokenizer withEndOfText(int id) {
        if (id != endOfText()) {
            throw TttException.mismatch("end of text of tokenizer " + name(), endOfText(), id);
        }
        return this;
    }

    /** The ids that every text begins with, as far as the model is concerned, for example BOS. None by default. */
    default int[] startOfText() {
        return new int[0];
    }

    /** The {@code tokenizer.json} to keep beside a model; empty if the name tells all. */
    default Optional<byte[]> file() {
        return Optional.empty();
    }

    /**
     * What decoding leaves out where a text begins, as far as the text does begin with it: the space that some tokenizers
     * put before the first word. Empty by default.
     */
    default String prefix() {
        return "";
    }

    /** The id of a token, as {@link #token} gives it; empty if there is none. */
    default OptionalInt id(String token) {
        return IntStream.range(0, vocabularySize())
                .filter(id -> token(id).equals(token))
                .findFirst();
    }

    /** An id in readable form. By default its bytes as text. */
    default String token(int id) {
        return new String(bytes(id), StandardCharsets.UTF_8);
    }

    /**
     * Token ids of a text in UTF-8. No special ids are added; those that the text spells out are found, if the tokenizer
     * has any.
     *
     * @throws TttException if the tokenizer needs well-formed UTF-8 and this is none
     */
    int[] encode(byte[] utf8);

    /**
     * What an id stands for, in UTF-8; possibly a part of a character. Special ids stand for nothing: no bytes.
     *
     * @throws TttException if there is no such id
     */
    byte[] bytes(int id);

    /**
     * Token ids of a text. No special ids are added.
     *
     * @throws TttException if the text has half of a surrogate pair, which no UTF-8 can express
     */
    default int[] encode(String text) {
        try {
            ByteBuffer utf8 = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
            return encode(Arrays.copyOf(utf8.array(), utf8.limit()));
        } catch (CharacterCodingException e) {
            throw new TttException("text: expected whole characters, found half of a surrogate pair", e);
        }
    }

    /**
     * The text of token ids. A text's {@link #prefix} is left out. Bytes that are no UTF-8 become U+FFFD; special ids are left out.
     *
     * @throws TttException if there is no such id
     */
    default String decode(int... ids) {
        StreamingDecoder decoder = StreamingDecoder.ofText(this);
        StringBuilder text = new StringBuilder();
        for (int id : ids) {
            text.append(decoder.feed(id));
        }
        return text.append(decoder.finish()).toString();
    }
}
