package org.ttt4j.safetensors;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.ttt4j.tensor.TttException;

/**
 * An open safetensors file. Its header is checked whole on opening: types, shapes, byte ranges and the file's size must
 * fit together. Values are read one tensor at a time, each into an array of its own. Safe for use by several threads.
 */
public final class SafetensorsFile implements AutoCloseable {

    private static final int COMPARED_BYTES = 1 << 20;

    private final Path path;
    private final FileChannel channel;
    private final Header header;

    private SafetensorsFile(Path path, FileChannel channel, Header header) {
        this.path = path;
        this.channel = channel;
        this.header = header;
    }

    /**
     * Opens a file and checks its header.
     *
     * @throws TttException naming the file, the tensor and what is wrong with it
     */
    public static SafetensorsFile open(Path path) {
        FileChannel channel = null;
        try {
            channel = FileChannel.open(path);
            SafetensorsFile file = new SafetensorsFile(path, channel, Header.read(channel, path.toString()));
            channel = null;
            return file;
        } catch (NoSuchFileException e) {
            throw TttException.mismatch(path.toString(), "a safetensors file", "no such file");
        } catch (IOException e) {
            throw new TttException(path + ": cannot be read: " + e, e);
        } finally {
            closeQuietly(channel);
        }
    }

    /** The file's path as it was opened. */
    public Path path() {
        return path;
    }

    /** What the file holds, in the order of the values in the file. */
    public Map<String, TensorInfo> tensors() {
        return header.tensors();
    }

    /** The free text that the writer put in, by key. */
    public Map<String, String> metadata() {
        return header.metadata();
    }

    /**
     * The header's entry of a tensor.
     *
     * @throws TttException if the file does not hold it
     */
    public TensorInfo info(String name) {
        TensorInfo info = header.tensors().get(name);
        if (info == null) {
            throw TttException.mismatch(label(name), "a tensor of that name", "none");
        }
        return info;
    }

    /**
     * A tensor's values: a new row-major array of the file's type (DOUBLE, FLOAT, LONG or INT).
     *
     * @throws TttException if the file does not hold it or has been cut short since it was opened
     */
    public INDArray read(String name) {
        TensorInfo info = info(name);
        if (info.count() == 0) {
            return Nd4j.create(info.dtype().dataType(), info.shape());
        }
        INDArray x = Nd4j.createUninitialized(info.dtype().dataType(), info.shape(), 'c');
        try {
            Chunks.fill(x, (chunk, from) -> readFully(chunk, info, from));
        } catch (IOException e) {
            throw new TttException(label(name) + ": cannot be read: " + e, e);
        }
        return x;
    }

    /**
     * The values of an integer tensor (I64, I32) in row-major order.
     *
     * @throws TttException if the file does not hold it or it has another type
     */
    public long[] readLongs(String name) {
        TensorInfo info = info(name);
        if (info.dtype().isFloating()) {
            throw TttException.mismatch(label(name), "whole numbers", info);
        }
        return info.count() == 0 ? new long[0] : read(name).data().asLong();
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new TttException(path + ": cannot be closed: " + e, e);
        }
    }

    /** How messages call a tensor of this file. */
    String label(String name) {
        return path + ", tensor " + name;
    }

    /** Whether two tensors agree in type, shape and every bit. */
    boolean same(String one, String other) {
        TensorInfo a = info(one);
        TensorInfo b = info(other);
        if (a.dtype() != b.dtype() || !Arrays.equals(a.shape(), b.shape())) {
            return false;
        }
        try {
            for (long from = 0; from < a.bytes(); from += COMPARED_BYTES) {
                int n = (int) Math.min(COMPARED_BYTES, a.bytes() - from);
                ByteBuffer left = ByteBuffer.allocate(n);
                ByteBuffer right = ByteBuffer.allocate(n);
                readFully(left, a, from);
                readFully(right, b, from);
                if (!left.flip().equals(right.flip())) {
                    return false;
                }
            }
        } catch (IOException e) {
            throw new TttException(path + ": cannot be read: " + e, e);
        }
        return true;
    }

    /** Reads a part of a tensor. Reads are positional, so threads do not disturb each other. */
    private void readFully(ByteBuffer into, TensorInfo info, long from) throws IOException {
        long next = header.dataStart() + info.offset() + from;
        while (into.hasRemaining()) {
            int n = channel.read(into, next);
            if (n < 0) {
                throw TttException.mismatch(label(info.name()), "values at byte " + next, "the end of the file");
            }
            next += n;
        }
    }

    private static void closeQuietly(FileChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            // What went wrong on opening is the message that matters.
        }
    }
}
