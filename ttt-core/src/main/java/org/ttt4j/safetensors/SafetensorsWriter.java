package org.ttt4j.safetensors;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.ttt4j.io.AtomicFiles;
import org.ttt4j.tensor.TttException;

/** Writes safetensors files that every reader of the format accepts. */
public final class SafetensorsWriter {

    private static final JsonFactory JSON = new JsonFactory();

    private SafetensorsWriter() {}

    /**
     * Creates or replaces a file, whole or not at all. Values are written tensor by tensor, wide types first (so that
     * all are aligned) and in the map's order otherwise; views and transposed arrays are brought into row-major order.
     *
     * @param tensors arrays by name, of any type that {@link DType} knows
     * @param metadata free text by key
     * @throws TttException naming the file and the tensor, if it cannot be written
     */
    public static void write(Path path, Map<String, INDArray> tensors, Map<String, String> metadata) {
        List<TensorEntry> entries = new ArrayList<>();
        tensors.forEach((name, x) ->
                entries.add(new TensorEntry(name, dtype(path, name, x), x.shape(), out -> writeValues(out, x))));
        write(path, entries, metadata);
    }

    /**
     * Creates or replaces a file, whole or not at all, from tensors whose values are made one after the other: the order
     * is that of {@link #write(Path, Map, Map)}.
     *
     * @param metadata free text by key
     * @throws TttException naming the file and the tensor, if it cannot be written; the old file is still there then
     */
    public static void write(Path path, List<TensorEntry> tensors, Map<String, String> metadata) {
        List<TensorEntry> entries = new ArrayList<>(tensors);
        entries.sort(Comparator.comparingInt(entry -> -entry.dtype().bytes()));
        checkNames(path, entries);
        AtomicFiles.write(path, out -> {
            AtomicFiles.writeFully(out, header(entries, metadata));
            for (TensorEntry entry : entries) {
                Counter counter = new Counter(out);
                entry.content().writeTo(counter);
                if (counter.bytes != entry.bytes()) {
                    throw TttException.mismatch(
                            label(path, entry.name()), entry.bytes() + " bytes of values", counter.bytes);
                }
            }
        });
    }

    private static void checkNames(Path path, List<TensorEntry> entries) {
        Set<String> names = new HashSet<>(Set.of(Header.METADATA));
        for (TensorEntry entry : entries) {
            if (!names.add(entry.name())) {
                throw TttException.mismatch(label(path, entry.name()), "another name", "one that is taken");
            }
        }
    }

    private static String label(Path path, String name) {
        return path + ", tensor " + name;
    }

    private static DType dtype(Path path, String name, INDArray x) {
        if (x == null) {
            throw TttException.mismatch(label(path, name), "an array", "nothing");
        }
        DType dtype = DType.of(x.dataType());
        if (dtype == null) {
            throw TttException.mismatch(label(path, name), "a type that the format has", x.dataType());
        }
        return dtype;
    }

    /** Length and JSON, padded with spaces so that the values begin at a multiple of 8. */
    private static ByteBuffer header(List<TensorEntry> entries, Map<String, String> metadata) throws IOException {
        ByteArrayOutputStream json = new ByteArrayOutputStream();
        try (JsonGenerator out = JSON.createGenerator(json)) {
            out.writeStartObject();
            if (!metadata.isEmpty()) {
                out.writeObjectFieldStart(Header.METADATA);
                for (Map.Entry<String, String> entry : metadata.entrySet()) {
                    out.writeStringField(entry.getKey(), entry.getValue());
                }
                out.writeEndObject();
            }
            long offset = 0;
            for (TensorEntry entry : entries) {
                writeEntry(out, entry, offset);
                offset = Math.addExact(offset, entry.bytes());
            }
            out.writeEndObject();
        }
        while (json.size() % 8 != 0) {
            json.write(' ');
        }
        return ByteBuffer.allocate(8 + json.size())
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(json.size())
                .put(json.toByteArray())
                .flip();
    }

    private static void writeEntry(JsonGenerator out, TensorEntry entry, long offset) throws IOException {
        out.writeObjectFieldStart(entry.name());
        out.writeStringField("dtype", entry.dtype().name());
        out.writeFieldName("shape");
        out.writeArray(entry.shape(), 0, entry.shape().length);
        out.writeFieldName("data_offsets");
        out.writeArray(new long[] {offset, offset + entry.bytes()}, 0, 2);
        out.writeEndObject();
    }

    private static void writeValues(WritableByteChannel out, INDArray x) throws IOException {
        if (!x.isEmpty()) {
            Chunks.drain(x, (chunk, from) -> AtomicFiles.writeFully(out, chunk));
        }
    }

    /** Counts what a tensor writes. */
    private static final class Counter implements WritableByteChannel {

        private final WritableByteChannel out;
        private long bytes;

        Counter(WritableByteChannel out) {
            this.out = out;
        }

        @Override
        public int write(ByteBuffer from) throws IOException {
            int n = out.write(from);
            bytes += n;
            return n;
        }

        @Override
        public boolean isOpen() {
            return out.isOpen();
        }

        @Override
        public void close() throws IOException {
            out.close();
        }
    }
}
