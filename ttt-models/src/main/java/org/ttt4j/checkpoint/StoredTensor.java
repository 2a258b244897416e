package org.ttt4j.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.List;
import org.ttt4j.io.AtomicFiles;
import org.ttt4j.matrix.Q8;
import org.ttt4j.param.Param;
import org.ttt4j.param.Q8Rows;
import org.ttt4j.param.Values;
import org.ttt4j.safetensors.Conversion;
import org.ttt4j.safetensors.DType;
import org.ttt4j.safetensors.StoredWeights;
import org.ttt4j.safetensors.TensorEntry;
import org.ttt4j.safetensors.TensorSource;
import org.ttt4j.tensor.TttException;

/** One parameter on its way into a file: read, rounded and written piece by piece. */
final class StoredTensor {

    /** Values that are held at a time, about. */
    private static final int PIECE = 1 << 16;

    private final Param param;
    private final Values values;
    private final TensorSource source;
    private double largest;
    private double error;

    StoredTensor(Param param, Values values, TensorSource source) {
        this.param = param;
        this.values = values;
        this.source = source;
    }

    /** Whether the parameter is kept in blocks where matrices are. */
    static boolean isMatrix(Param p) {
        return p.shape().length == 2 && p.key().endsWith(".weight");
    }

    /** The largest rounding error as a part of the largest magnitude; known when it has been written. */
    double relativeError() {
        return largest == 0 ? 0 : error / largest;
    }

    Param param() {
        return param;
    }

    /** The tensors of the file. */
    List<TensorEntry> entries(StorageType type) {
        List<TensorEntry> entries = new ArrayList<>();
        if (type == StorageType.Q8_0 && isMatrix(param)) {
            long rows = param.shape()[0];
            long[] scales = {rows, Q8Rows.blocks(param.shape()[1])};
            entries.add(new TensorEntry(param.key(), DType.I8, param.shape(), this::writeBytes));
            entries.add(new TensorEntry(param.key() + StoredWeights.SCALES, DType.F32, scales, this::writeScales));
        } else {
            entries.add(
                    new TensorEntry(param.key(), type.dtype(), param.shape(), out -> writeValues(out, type.dtype())));
        }
        return entries;
    }

    private void writeValues(WritableByteChannel out, DType dtype) throws IOException {
        float[] x = new float[(int) Math.min(PIECE, param.count())];
        ByteBuffer bytes = ByteBuffer.allocate(x.length * dtype.bytes());
        for (long from = 0; from < param.count(); from += x.length) {
            int n = (int) Math.min(x.length, param.count() - from);
            values.read(from, x, 0, n);
            Conversion.fromFloats(x, 0, n, dtype, bytes.clear());
            AtomicFiles.writeFully(out, bytes.flip());
            if (source.info(param.key()).dtype() == DType.F64) {
                noteDoubles(x, from, n, dtype);
            }
            for (int i = 0; i < n; i++) {
                note(x[i], Conversion.round(x[i], dtype));
            }
        }
    }

    /** Against the stored values themselves: those that are read have been rounded to float32. */
    private void noteDoubles(float[] x, long from, int n, DType dtype) throws IOException {
        ByteBuffer exact = ByteBuffer.allocate(n * Double.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        source.read(source.info(param.key()), from * Double.BYTES, exact);
        exact.flip();
        for (int i = 0; i < n; i++) {
            error = Math.max(error, Math.abs(exact.getDouble() - Conversion.round(x[i], dtype)));
        }
    }

    private void note(float x, float rounded) {
        if (!Float.isFinite(rounded)) {
            throw TttException.mismatch(param.key(), "values within the type's range", x);
        }
        largest = Math.max(largest, Math.abs(x));
        error = Math.max(error, Math.abs((double) x - rounded));
    }

    private void writeBytes(WritableByteChannel out) throws IOException {
        int width = (int) param.shape()[1];
        forRows((q, scales, x, rows) -> {
            for (int i = 0; x != null && i < rows * width; i++) {
                note(x[i], q[i] * scales[i / width * Q8Rows.blocks(width) + i % width / Q8Rows.BLOCK]);
            }
            AtomicFiles.writeFully(out, ByteBuffer.wrap(q, 0, rows * width));
        });
    }

    private void writeScales(WritableByteChannel out) throws IOException {
        int blocks = Q8Rows.blocks(param.shape()[1]);
        forRows((q, scales, x, rows) -> {
            ByteBuffer bytes = ByteBuffer.allocate(rows * blocks * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asFloatBuffer().put(scales, 0, rows * blocks);
            AtomicFiles.writeFully(out, bytes);
        });
    }

    /** Sees some rows in blocks, and their values; null for those if they were in blocks before. */
    private interface Rows {
        void accept(byte[] q, float[] scales, float[] x, int rows) throws IOException;
    }

    private void forRows(Rows action) throws IOException {
        long rows = param.shape()[0];
        int width = Math.toIntExact(param.shape()[1]);
        int blocks = Q8Rows.blocks(width);
        int step = (int) Math.max(1, Math.min(rows, PIECE / Math.max(1, width)));
        Q8Rows stored = values.q8();
        byte[] q = new byte[step * width];
        float[] scales = new float[step * blocks];
        float[] x = stored == null ? new float[step * width] : null;
        for (long row = 0; row < rows; row += step) {
            int n = (int) Math.min(step, rows - row);
            if (stored != null) {
                stored.read(row, n, q, scales);
            } else {
                values.read(row * width, x, 0, n * width);
                quantise(x, n, width, q, scales);
            }
            action.accept(q, scales, x, n);
        }
    }

    private static void quantise(float[] x, int rows, int width, byte[] q, float[] scales) {
        int block = 0;
        for (int row = 0; row < rows * width; row += width) {
            for (int first = 0; first < width; first += Q8Rows.BLOCK) {
                int n = Math.min(Q8Rows.BLOCK, width - first);
                float scale = Q8.scale(x, row + first, n);
                scales[block++] = scale;
                for (int i = row + first; i < row + first + n; i++) {
                    q[i] = Q8.quantise(x[i], scale);
                }
            }
        }
    }
}
