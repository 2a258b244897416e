package org.ttt4j.jax;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.ttt4j.jax.JaxNames.Layout;
import org.ttt4j.jax.JaxNames.Target;
import org.ttt4j.safetensors.TensorInfo;
import org.ttt4j.safetensors.TensorSource;
import org.ttt4j.tensor.TttException;

/**
 * The parameters in a checkpoint of the authors' JAX code, under the names and in the layouts of their PyTorch code:
 * {@code streaming_params}, the parameters of a {@code streaming_train_state}, or {@code flax_params}. The file is indexed
 * once; values are read one tensor at a time.
 */
public final class JaxCheckpoint implements TensorSource {

    private final Path path;
    private final FileChannel channel;
    private final Map<String, TensorInfo> tensors = new LinkedHashMap<>();
    private final Map<String, Stored> stored = new HashMap<>();
    private final Transposition transposition;

    /** A tensor as it stands in the file, and what has to be done to it. */
    private record Stored(JaxArray array, Layout layout) {}

    private JaxCheckpoint(Path path, FileChannel channel, int heads) {
        this.path = path;
        this.channel = channel;
        this.transposition = new Transposition(heads, this::readStored);
    }

    /**
     * Opens a file and finds its parameters.
     *
     * @param heads H of the model: the queries and keys of its self-attention are sorted head by head
     * @throws TttException naming the file, the record and what is wrong with it
     */
    public static JaxCheckpoint open(Path path, int heads) {
        FileChannel channel = null;
        try {
            channel = FileChannel.open(path);
            JaxCheckpoint checkpoint = new JaxCheckpoint(path, channel, heads);
            checkpoint.take(JaxReader.read(channel, path.toString()));
            channel = null;
            return checkpoint;
        } catch (NoSuchFileException e) {
            throw TttException.mismatch(path.toString(), "a checkpoint", "no such file");
        } catch (IOException e) {
            throw new TttException(path + ": cannot be read: " + e, e);
        } finally {
            closeQuietly(channel);
        }
    }

    private void take(Map<String, JaxArray> arrays) {
        boolean attention = arrays.keySet().stream().noneMatch(JaxNames::isInner);
        arrays.forEach((key, array) -> {
            Target target = JaxNames.of(key, attention);
            Layout layout = fitting(target.layout(), array);
            long[] shape = layout == Layout.SAME ? array.shape() : turned(array.shape());
            TensorInfo info = new TensorInfo(
                    target.name(), array.dtype(), shape, array.parts().get(0).position());
            if (tensors.put(target.name(), info) != null) {
                throw TttException.mismatch(label(target.name()), "one tensor of that name", "two");
            }
            stored.put(target.name(), new Stored(array, layout));
        });
    }

    /** A tensor of another rank than its name promises is left as it is: it will not fit the model, and that is said then. */
    private Layout fitting(Layout layout, JaxArray array) {
        long[] shape = array.shape();
        boolean fits =
                switch (layout) {
                    case SAME -> true;
                    case TRANSPOSED -> shape.length == 2;
                    case TRANSPOSED_HALVES -> shape.length == 2 && transposition.hasWholePairs(shape[1]);
                    case REVERSED -> shape.length == 3 && shape[1] == 1;
                    case LAST_TWO_SWAPPED -> shape.length == 3 && shape[2] == 1;
                };
        boolean narrow = shape.length == 0
                || Transposition.holds(shape[0] * array.dtype().bytes());
        return fits && narrow ? layout : Layout.SAME;
    }

    private static long[] turned(long[] shape) {
        return switch (shape.length) {
            case 2 -> new long[] {shape[1], shape[0]};
            default -> shape[2] == 1 ? new long[] {shape[0], 1, shape[1]} : new long[] {shape[2], 1, shape[0]};
        };
    }

    @Override
    public String label() {
        return path.toString();
    }

    @Override
    public Map<String, TensorInfo> tensors() {
        return Collections.unmodifiableMap(tensors);
    }

    /** {@inheritDoc} This format has none. */
    @Override
    public Map<String, String> metadata() {
        return Map.of();
    }

    @Override
    public void read(TensorInfo info, long from, ByteBuffer into) throws IOException {
        Stored s = stored.get(info.name());
        if (s.layout() == Layout.SAME || s.layout() == Layout.LAST_TWO_SWAPPED) {
            readStored(s.array(), from, into);
        } else {
            transposition.read(s.array(), s.layout() == Layout.TRANSPOSED_HALVES, from, into);
        }
    }

    /** Reads bytes as they stand in the file, across the borders of chunks. Safe for several threads. */
    private void readStored(JaxArray array, long from, ByteBuffer into) throws IOException {
        int limit = into.limit();
        long skip = from;
        for (JaxArray.Part part : array.parts()) {
            if (into.position() < limit && skip < part.bytes()) {
                into.limit((int) Math.min(limit, into.position() + part.bytes() - skip));
                long next = part.position() + skip;
                while (into.hasRemaining()) {
                    int n = channel.read(into, next);
                    if (n < 0) {
                        throw TttException.mismatch(label(), "values at byte " + next, "the end of the file");
                    }
                    next += n;
                }
                into.limit(limit);
                skip = 0;
            } else {
                skip = Math.max(0, skip - part.bytes());
            }
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new TttException(path + ": cannot be closed: " + e, e);
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
