package org.ttt4j.safetensors;

import java.util.Arrays;
import org.ttt4j.tensor.Tensors;

/**
 * What a file's header says about a tensor.
 *
 * @param name its key
 * @param dtype its element type
 * @param shape its sizes; none for a scalar
 * @param offset where its values begin, in bytes after the header
 */
public record TensorInfo(String name, DType dtype, long[] shape, long offset) {

    /** A copy: infos are shared by all readers of a file. */
    @Override
    public long[] shape() {
        return shape.clone();
    }

    /** Number of elements. */
    public long count() {
        return Tensors.count(shape);
    }

    /** Size of the values in bytes. */
    public long bytes() {
        return Math.multiplyExact(count(), (long) dtype.bytes());
    }

    /** The offset just behind the values. */
    long end() {
        return offset + bytes();
    }

    @Override
    public String toString() {
        return name + " " + dtype + " " + Arrays.toString(shape);
    }
}
