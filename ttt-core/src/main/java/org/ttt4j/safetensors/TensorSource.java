package org.ttt4j.safetensors;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.ttt4j.tensor.TttException;

/**
 * Stored tensors by name: what they are is known and checked, their values are read piece by piece. Safe for use by several
 * threads.
 */
public interface TensorSource extends AutoCloseable {

    /** What messages call the whole: a file's path. */
    String label();

    /** What is stored, in the order of the values. */
    Map<String, TensorInfo> tensors();

    /** The free text that the writer put in, by key. */
    Map<String, String> metadata();

    /**
     * Fills a buffer with a tensor's bytes, little-endian and row-major.
     *
     * @param from the first byte, counted from the tensor's own beginning
     * @throws TttException if the file has been cut short since it was opened
     */
    void read(TensorInfo info, long from, ByteBuffer into) throws IOException;

    @Override
    void close();

    /** How messages call a tensor. */
    default String label(String name) {
        return label() + ", tensor " + name;
    }

    /**
     * What is stored under a name.
     *
     * @throws TttException if nothing is
     */
    default TensorInfo info(String name) {
        TensorInfo info = tensors().get(name);
        if (info == null) {
            throw TttException.mismatch(label(name), "a tensor of that name", "none");
        }
        return info;
    }

    /**
     * A tensor's values: a new row-major array of {@link DType#dataType()}.
     *
     * @throws TttException if there is no such tensor or the file has been cut short since it was opened
     */
    default INDArray read(String name) {
        TensorInfo info = info(name);
        if (info.count() == 0) {
            return Nd4j.create(info.dtype().dataType(), info.shape());
        }
        INDArray x = Nd4j.createUninitialized(info.dtype().dataType(), info.shape(), 'c');
        try {
            if (info.dtype().isPlain()) {
                Chunks.fill(x, (chunk, from) -> read(info, from, chunk));
            } else {
                Chunks.fill(x, (chunk, from) -> widen(info, from / Float.BYTES, chunk));
            }
        } catch (IOException e) {
            throw new TttException(label(name) + ": cannot be read: " + e, e);
        }
        return x;
    }

    private void widen(TensorInfo info, long first, ByteBuffer into) throws IOException {
        float[] values = new float[into.remaining() / Float.BYTES];
        ByteBuffer bytes = ByteBuffer.allocate(values.length * info.dtype().bytes());
        read(info, first * info.dtype().bytes(), bytes);
        Conversion.toFloats(bytes.flip(), info.dtype(), values, 0, values.length);
        into.asFloatBuffer().put(values);
    }

    /**
     * Some values of a floating tensor, as float32.
     *
     * @param from index of the first value, row-major
     */
    default void read(TensorInfo info, long from, float[] to, int at, int n) {
        int size = info.dtype().bytes();
        ByteBuffer bytes = ByteBuffer.allocate(Math.min(n, Chunks.VALUES) * size);
        try {
            for (int i = 0; i < n; i += Chunks.VALUES) {
                int piece = Math.min(Chunks.VALUES, n - i);
                read(info, (from + i) * size, bytes.clear().limit(piece * size));
                Conversion.toFloats(bytes.flip(), info.dtype(), to, at + i, piece);
            }
        } catch (IOException e) {
            throw new TttException(label(info.name()) + ": cannot be read: " + e, e);
        }
    }

    /**
     * The values of an integer tensor in row-major order.
     *
     * @throws TttException if there is no such tensor or it has another type
     */
    default long[] readLongs(String name) {
        TensorInfo info = info(name);
        if (info.dtype().isFloating()) {
            throw TttException.mismatch(label(name), "whole numbers", info);
        }
        return info.count() == 0 ? new long[0] : read(name).data().asLong();
    }

    /** Whether two tensors agree in type, shape and every bit. */
    default boolean same(String one, String other) {
        TensorInfo a = info(one);
        TensorInfo b = info(other);
        if (a.dtype() != b.dtype() || !Arrays.equals(a.shape(), b.shape())) {
            return false;
        }
        int piece = (int) Math.min(a.bytes(), Chunks.VALUES);
        ByteBuffer left = ByteBuffer.allocate(piece);
        ByteBuffer right = ByteBuffer.allocate(piece);
        try {
            for (long from = 0; from < a.bytes(); from += piece) {
                int n = (int) Math.min(piece, a.bytes() - from);
                read(a, from, left.clear().limit(n));
                read(b, from, right.clear().limit(n));
                if (!left.flip().equals(right.flip())) {
                    return false;
                }
            }
        } catch (IOException e) {
            throw new TttException(label() + ": cannot be read: " + e, e);
        }
        return true;
    }
}
