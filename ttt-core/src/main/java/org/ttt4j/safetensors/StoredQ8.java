package org.ttt4j.safetensors;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.ttt4j.param.Q8Rows;
import org.ttt4j.param.Values;
import org.ttt4j.tensor.TttException;

/** A matrix that is stored as signed bytes and scales. */
final class StoredQ8 implements Values, Q8Rows {

    private final TensorSource source;
    private final TensorInfo data;
    private final TensorInfo scales;
    private final int width;
    private final int blocks;

    StoredQ8(TensorSource source, TensorInfo data, TensorInfo scales) {
        this.source = source;
        this.data = data;
        this.scales = scales;
        width = Math.toIntExact(data.shape()[1]);
        blocks = Q8Rows.blocks(width);
    }

    @Override
    public Q8Rows q8() {
        return this;
    }

    @Override
    public void read(long from, int n, byte[] q, float[] s) {
        try {
            source.read(data, from * width, ByteBuffer.wrap(q, 0, n * width));
        } catch (IOException e) {
            throw new TttException(source.label(data.name()) + ": cannot be read: " + e, e);
        }
        source.read(scales, from * blocks, s, 0, n * blocks);
        for (int i = 0; i < n * width; i++) {
            if (q[i] == Byte.MIN_VALUE) {
                throw TttException.mismatch(source.label(data.name()), "bytes from -127 to 127", q[i]);
            }
        }
        for (int i = 0; i < n * blocks; i++) {
            if (!(s[i] >= 0 && s[i] <= Float.MAX_VALUE / Byte.MAX_VALUE)) {
                throw TttException.mismatch(source.label(scales.name()), "finite scales, none below 0", s[i]);
            }
        }
    }

    /** Row by row: a piece may begin and end inside a row. */
    @Override
    public void read(long from, float[] to, int at, int n) {
        byte[] q = new byte[width];
        float[] s = new float[blocks];
        int done = 0;
        while (done < n) {
            long row = (from + done) / width;
            int first = (int) ((from + done) % width);
            int piece = Math.min(n - done, width - first);
            read(row, 1, q, s);
            for (int i = 0; i < piece; i++) {
                to[at + done + i] = q[first + i] * s[(first + i) / BLOCK];
            }
            done += piece;
        }
    }
}
