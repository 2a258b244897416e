package org.ttt4j.tensor;

import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Shape checks, and transfer between ND4J arrays and Java arrays in row-major order. */
public final class Tensors {

    private Tensors() {}

    /**
     * Checks a tensor's shape.
     *
     * @param expected the sizes; -1 stands for any
     * @throws TttException naming the tensor, the expected and the actual shape
     */
    public static INDArray requireShape(String name, INDArray x, long... expected) {
        if (x == null) {
            throw TttException.mismatch(name, "shape " + Arrays.toString(expected), "nothing");
        }
        long[] actual = x.shape();
        boolean same = actual.length == expected.length;
        for (int i = 0; same && i < actual.length; i++) {
            same = expected[i] < 0 || expected[i] == actual[i];
        }
        if (!same) {
            throw TttException.shape(name, expected, actual);
        }
        return x;
    }

    /** Number of elements of a shape. */
    public static long count(long... shape) {
        long n = 1;
        for (long s : shape) {
            n = Math.multiplyExact(n, s);
        }
        return n;
    }

    /**
     * Entries {@code from} (inclusive) to {@code to} (exclusive) along the first dimension, as a view.
     *
     * <p>Use it in place of {@code x.get(interval(from, to))}: on an array that is itself a view with a small offset, ND4J
     * 1.0.0-M2.1 answers that call with an empty scalar.
     */
    public static INDArray rows(INDArray x, long from, long to) {
        long[] shape = x.shape().clone();
        if (from < 0 || to <= from || to > shape[0]) {
            throw TttException.mismatch("rows", "a range in 0.." + shape[0], from + ".." + to);
        }
        shape[0] = to - from;
        return Nd4j.create(x.data(), shape, x.stride(), x.offset() + from * x.stride(0), x.ordering());
    }

    /** The part of x at fixed leading indices, a view: {@code at(x, b, h)} of [B, H, D, F] is [D, F]. */
    public static INDArray at(INDArray x, long... leading) {
        long offset = x.offset();
        for (int i = 0; i < leading.length; i++) {
            if (leading[i] < 0 || leading[i] >= x.size(i)) {
                throw TttException.mismatch("index " + i, "0 to " + (x.size(i) - 1), leading[i]);
            }
            offset += leading[i] * x.stride(i);
        }
        long[] shape = Arrays.copyOfRange(x.shape(), leading.length, x.rank());
        long[] stride = Arrays.copyOfRange(x.stride(), leading.length, x.rank());
        return Nd4j.create(x.data(), shape, stride, offset, x.ordering());
    }

    /** Columns from (inclusive) to to (exclusive) of a matrix, as a view. */
    public static INDArray columns(INDArray x, long from, long to) {
        if (from < 0 || to <= from || to > x.size(1)) {
            throw TttException.mismatch("columns", "a range in 0.." + x.size(1), from + ".." + to);
        }
        long[] shape = {x.size(0), to - from};
        return Nd4j.create(x.data(), shape, x.stride(), x.offset() + from * x.stride(1), x.ordering());
    }

    /** The array's values in row-major order, converted to float. Always a new array. */
    public static float[] toFloats(INDArray x) {
        return rowMajor(x).data().asFloat();
    }

    /** The array's values in row-major order, converted to double. Always a new array. */
    public static double[] toDoubles(INDArray x) {
        return rowMajor(x).data().asDouble();
    }

    /** A new row-major FLOAT array. */
    public static INDArray of(float[] values, long... shape) {
        return Nd4j.createFromArray(values).reshape('c', shape);
    }

    /** A new row-major DOUBLE array. */
    public static INDArray of(double[] values, long... shape) {
        return Nd4j.createFromArray(values).reshape('c', shape);
    }

    /** The same values in row-major order from offset 0 on, so that the buffer may be read from the start. */
    private static INDArray rowMajor(INDArray x) {
        boolean plain = x.ordering() == 'c'
                && x.offset() == 0
                && !x.isView()
                && x.data().length() == x.length();
        return plain ? x : x.dup('c');
    }
}
