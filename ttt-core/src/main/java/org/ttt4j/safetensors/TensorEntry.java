package org.ttt4j.safetensors;

import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.util.Arrays;

/**
 * A tensor that is to be written.
 *
 * @param name its key
 * @param dtype its element type
 * @param shape its sizes; none for a scalar
 * @param content writes its values, row-major and little-endian, when its turn comes
 */
public record TensorEntry(String name, DType dtype, long[] shape, Content content) {

    /** Writes a tensor's bytes: exactly as many as its type and shape ask for. */
    @FunctionalInterface
    public interface Content {
        void writeTo(WritableByteChannel out) throws IOException;
    }

    /** Size of the values in bytes. */
    public long bytes() {
        return new TensorInfo(name, dtype, shape, 0).bytes();
    }

    @Override
    public String toString() {
        return name + " " + dtype + " " + Arrays.toString(shape);
    }
}
