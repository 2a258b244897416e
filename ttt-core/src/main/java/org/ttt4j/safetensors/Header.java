package org.ttt4j.safetensors;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ttt4j.tensor.TttException;

/**
 * A file's header, checked: the tensors cover the bytes behind it exactly, without a gap or an overlap.
 *
 * @param tensors in the order of their values
 * @param dataStart where the values begin, in bytes from the start of the file
 */
record Header(Map<String, TensorInfo> tensors, Map<String, String> metadata, long dataStart) {

    /** The official limit of a header's length in bytes. */
    static final int MAX_BYTES = 100_000_000;

    /** The field that holds the metadata instead of a tensor. */
    static final String METADATA = "__metadata__";

    private static final int LENGTH_BYTES = 8;

    /**
     * Reads and checks the header. What is allocated is bounded by the file's size, whatever its first bytes say.
     *
     * @param file the file's name in messages
     * @throws TttException if anything about it is wrong
     */
    static Header read(FileChannel channel, String file) throws IOException {
        long size = channel.size();
        if (size < LENGTH_BYTES) {
            throw TttException.mismatch(file, "a safetensors file of at least 8 bytes", size + " bytes");
        }
        long length = readFully(channel, LENGTH_BYTES, 0, file)
                .order(ByteOrder.LITTLE_ENDIAN)
                .getLong();
        if (length < 2 || length > MAX_BYTES || length > size - LENGTH_BYTES) {
            throw TttException.mismatch(
                    file + ", header length",
                    "2 to " + Math.min(MAX_BYTES, size - LENGTH_BYTES) + " bytes",
                    Long.toUnsignedString(length));
        }
        long dataStart = LENGTH_BYTES + length;
        HeaderParser parser = new HeaderParser(file);
        parser.parse(decode(readFully(channel, (int) length, LENGTH_BYTES, file), file));
        return new Header(
                inFileOrder(parser.tensors(), size - dataStart, file),
                Collections.unmodifiableMap(parser.metadata()),
                dataStart);
    }

    private static ByteBuffer readFully(FileChannel channel, int count, long position, String file) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(count);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, position + bytes.position()) < 0) {
                throw TttException.mismatch(file, count + " bytes at " + position, "the end of the file");
            }
        }
        return bytes.flip();
    }

    private static String decode(ByteBuffer bytes, String file) {
        if (bytes.get(0) != '{') {
            throw TttException.mismatch(file + ", header", "a JSON object", "first byte " + (bytes.get(0) & 0xFF));
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
        } catch (CharacterCodingException e) {
            throw new TttException(file + ", header: expected UTF-8, found other bytes", e);
        }
    }

    private static Map<String, TensorInfo> inFileOrder(List<TensorInfo> parsed, long dataBytes, String file) {
        List<TensorInfo> sorted = new ArrayList<>(parsed);
        sorted.sort(Comparator.comparingLong(TensorInfo::offset).thenComparingLong(TensorInfo::end));
        Map<String, TensorInfo> tensors = new LinkedHashMap<>();
        long end = 0;
        for (TensorInfo tensor : sorted) {
            if (tensor.offset() != end) {
                throw TttException.mismatch(
                        file + ", tensor " + tensor.name(),
                        "values from byte " + end + ", where the tensor before it ends",
                        tensor.offset());
            }
            end = tensor.end();
            tensors.put(tensor.name(), tensor);
        }
        if (end != dataBytes) {
            throw TttException.mismatch(file, end + " bytes of values, as its header says", dataBytes);
        }
        return Collections.unmodifiableMap(tensors);
    }
}
