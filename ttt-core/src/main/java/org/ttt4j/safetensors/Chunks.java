package org.ttt4j.safetensors;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.bytedeco.javacpp.BytePointer;
import org.nd4j.linalg.api.concurrency.AffinityManager;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.shape.Shape;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The memory of an array as a sequence of byte buffers, so that files are read into it and written from it without a
 * copy and beyond 2 GiB. The format is little-endian, as is every machine that ND4J runs on.
 */
final class Chunks {

    /** Bytes of an array that are moved at a time. */
    private static final int CHUNK_BYTES = 1 << 20;

    /** Values that are converted at a time. */
    static final int VALUES = 1 << 16;

    private Chunks() {}

    /** Takes one chunk; the buffer's remaining bytes are the array's own memory, from that byte of the array on. */
    @FunctionalInterface
    interface Step {
        void accept(ByteBuffer chunk, long from) throws IOException;
    }

    /** Fills a fresh row-major array. */
    static void fill(INDArray x, Step step) throws IOException {
        forEach(x, step);
        // A device backend must know that the host's copy is the new one.
        Nd4j.getAffinityManager().tagLocation(x, AffinityManager.Location.HOST);
    }

    /** Hands out an array's values in row-major order. */
    static void drain(INDArray x, Step step) throws IOException {
        boolean plain = x.ordering() == 'c'
                && x.offset() == 0
                && x.data().length() == x.length()
                && Shape.hasDefaultStridesForShape(x);
        INDArray rows = plain ? x : x.dup('c');
        Nd4j.getAffinityManager().ensureLocation(rows, AffinityManager.Location.HOST);
        forEach(rows, step);
    }

    private static void forEach(INDArray x, Step step) throws IOException {
        long bytes = x.length() * x.data().getElementSize();
        BytePointer memory = new BytePointer(x.data().addressPointer());
        for (long from = 0; from < bytes; from += CHUNK_BYTES) {
            memory.limit(Math.min(bytes, from + CHUNK_BYTES)).position(from);
            step.accept(memory.asByteBuffer().order(ByteOrder.nativeOrder()), from);
        }
    }
}
