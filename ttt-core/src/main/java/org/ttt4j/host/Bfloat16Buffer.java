package org.ttt4j.host;

import java.nio.ShortBuffer;
import org.bytedeco.javacpp.ShortPointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A bfloat16 array off the Java heap, filled and emptied as shorts; grows as needed. */
final class Bfloat16Buffer implements AutoCloseable {

    private INDArray memory;
    private ShortBuffer values;

    /** Makes room; what it held is lost if it had to grow. */
    Bfloat16Buffer reserve(int n) {
        if (values == null || values.capacity() < n) {
            close();
            memory = Nd4j.createUninitialized(DataType.BFLOAT16, new long[] {n}, 'c');
            values =
                    new ShortPointer(memory.data().addressPointer()).capacity(n).asBuffer();
        }
        return this;
    }

    void put(int at, short[] from, int n) {
        values.put(at, from, 0, n);
    }

    void get(int at, short[] to, int n) {
        values.get(at, to, 0, n);
    }

    /** A row-major matrix at the start of this memory. */
    INDArray matrix(int rows, int columns) {
        return Nd4j.create(memory.data(), new long[] {rows, columns}, new long[] {columns, 1}, 0, 'c');
    }

    @Override
    public void close() {
        if (memory != null) {
            memory.close();
            memory = null;
            values = null;
        }
    }
}
