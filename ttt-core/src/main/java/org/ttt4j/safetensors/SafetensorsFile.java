package org.ttt4j.safetensors;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import org.ttt4j.tensor.TttException;

/**
 * An open safetensors file. Its header is checked whole on opening: types, shapes, byte ranges and the file's size must
 * fit together. Values are read one tensor at a time, each into an array of its own. Safe for use by several threads.
 */
public final class SafetensorsFile implements TensorSource {

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

    @Override
    public String label() {
        return path.toString();
    }

    /** What the file holds, in the order of the values in the file. */
    @Override
    public Map<String, TensorInfo> tensors() {
        return header.tensors();
    }

    @Override
    public Map<String, String> metadata() {
        return header.metadata();
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new TttException(path + ": cannot be closed: " + e, e);
        }
    }

    /** Reads are positional, so threads do not disturb each other. */
    @Override
    public void read(TensorInfo info, long from, ByteBuffer into) throws IOException {
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
