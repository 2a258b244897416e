package org.ttt4j.tokenizer;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.ttt4j.tensor.TttException;

/** Text that must be well-formed. */
final class Utf8 {

    private Utf8() {}

    static String decode(byte[] utf8) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(utf8))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new TttException("text: expected UTF-8, found: " + e.getMessage(), e);
        }
    }
}
