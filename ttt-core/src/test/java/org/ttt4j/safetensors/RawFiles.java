package org.ttt4j.safetensors;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files laid out by hand, so that the reader is not only tested against the writer. */
final class RawFiles {

    private RawFiles() {}

    /** A file's bytes: the header's true length, the header as it stands, the data. */
    static byte[] bytes(String header, byte... data) {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        return bytes(json.length, json, data);
    }

    /** The same with any claimed length. */
    static byte[] bytes(long claimed, byte[] json, byte... data) {
        return ByteBuffer.allocate(8 + json.length + data.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(claimed)
                .put(json)
                .put(data)
                .array();
    }

    /** The bytes of floats as they stand in a file. */
    static byte[] floats(float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return bytes.array();
    }

    static Path write(Path file, byte[] bytes) {
        try {
            return Files.write(file, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
