package org.ttt4j.host;

import java.nio.FloatBuffer;
import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Memory off the Java heap that BLAS works on, filled and emptied by bulk copies; grows as needed. */
final class BlasBuffer implements AutoCloseable {

    private INDArray memory;
    private FloatBuffer values;
    private FloatPointer pointer;

    /** Makes room; what it held is lost if it had to grow. */
    void reserve(int floats) {
        if (values == null || values.capacity() < floats) {
            close();
            memory = Nd4j.createUninitialized(DataType.FLOAT, new long[] {floats}, 'c');
            values = memory.data().asNioFloat();
            pointer = new FloatPointer(memory.data().addressPointer());
        }
    }

    void put(int at, float[] from, int fromAt, int n) {
        values.put(at, from, fromAt, n);
    }

    void get(int at, float[] to, int toAt, int n) {
        values.get(at, to, toAt, n);
    }

    BlasMatrix matrix(int at, int rows, int columns) {
        return new BlasMatrix(this, at, rows, columns);
    }

    /** ND4J's view of a matrix in this memory. */
    INDArray array(int at, int rows, int columns) {
        return Nd4j.create(memory.data(), new long[] {rows, columns}, new long[] {columns, 1}, at, 'c');
    }

    FloatPointer pointer(int at) {
        return pointer.getPointer(at);
    }

    @Override
    public void close() {
        if (memory != null) {
            memory.close();
            memory = null;
            values = null;
            pointer = null;
        }
    }
}
