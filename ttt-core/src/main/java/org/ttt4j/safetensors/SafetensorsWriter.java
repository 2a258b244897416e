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
import java.util.List;
import java.util.Map;
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
     * @param tensors DOUBLE, FLOAT, LONG or INT arrays by name
     * @param metadata free text by key
     * @throws TttException naming the file and the tensor, if it cannot be written
     */
    public static void write(Path path, Map<String, INDArray> tensors, Map<String, String> metadata) {
        List<TensorInfo> infos = layOut(path, tensors);
        AtomicFiles.write(path, out -> {
            AtomicFiles.writeFully(out, header(infos, metadata));
            for (TensorInfo info : infos) {
                writeValues(out, tensors.get(info.name()));
            }
        });
    }

    private static List<TensorInfo> layOut(Path path, Map<String, INDArray> tensors) {
        List<TensorInfo> infos = new ArrayList<>();
        tensors.forEach((name, x) -> infos.add(new TensorInfo(name, dtype(path, name, x), x.shape(), 0)));
        infos.sort(Comparator.comparingInt(info -> -info.dtype().bytes()));
        long offset = 0;
        for (int i = 0; i < infos.size(); i++) {
            TensorInfo info = infos.get(i);
            infos.set(i, new TensorInfo(info.name(), info.dtype(), info.shape(), offset));
            offset += info.bytes();
        }
        return infos;
    }

    private static DType dtype(Path path, String name, INDArray x) {
        String label = path + ", tensor " + name;
        if (name.equals(Header.METADATA)) {
            throw TttException.mismatch(label, "another name", "the format's own word");
        }
        if (x == null) {
            throw TttException.mismatch(label, "an array", "nothing");
        }
        DType dtype = DType.of(x.dataType());
        if (dtype == null) {
            throw TttException.mismatch(label, "DOUBLE, FLOAT, LONG or INT", x.dataType());
        }
        return dtype;
    }

    /** Length and JSON, padded with spaces so that the values begin at a multiple of 8. */
    private static ByteBuffer header(List<TensorInfo> infos, Map<String, String> metadata) throws IOException {
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
            for (TensorInfo info : infos) {
                writeEntry(out, info);
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

    private static void writeEntry(JsonGenerator out, TensorInfo info) throws IOException {
        long[] shape = info.shape();
        out.writeObjectFieldStart(info.name());
        out.writeStringField("dtype", info.dtype().name());
        out.writeFieldName("shape");
        out.writeArray(shape, 0, shape.length);
        out.writeFieldName("data_offsets");
        out.writeArray(new long[] {info.offset(), info.end()}, 0, 2);
        out.writeEndObject();
    }

    private static void writeValues(WritableByteChannel out, INDArray x) throws IOException {
        if (!x.isEmpty()) {
            Chunks.drain(x, (chunk, from) -> AtomicFiles.writeFully(out, chunk));
        }
    }
}
