package org.ttt4j.tokenizer;

import org.ttt4j.tensor.TttException;

/** Every byte of the UTF-8 text is a token: ids 0 to 255; 256 ends a text and separates documents. */
public final class ByteTokenizer implements Tokenizer {

    private static final int END_OF_TEXT = 256;

    @Override
    public String name() {
        return "byte";
    }

    @Override
    public int vocabularySize() {
        return END_OF_TEXT + 1;
    }

    @Override
    public int endOfText() {
        return END_OF_TEXT;
    }

    /** {@inheritDoc} Any bytes will do. */
    @Override
    public int[] encode(byte[] utf8) {
        int[] ids = new int[utf8.length];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = utf8[i] & 0xFF;
        }
        return ids;
    }

    @Override
    public byte[] bytes(int id) {
        if (id < 0 || id > END_OF_TEXT) {
            throw TttException.mismatch("token id", "0 to " + END_OF_TEXT, id);
        }
        return id == END_OF_TEXT ? new byte[0] : new byte[] {(byte) id};
    }
}
