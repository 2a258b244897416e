package org.ttt4j.host;

import java.util.Arrays;
import org.ttt4j.tensor.TttException;

/**
 * A dense float32 array on the Java heap.
 *
 * @param data the values in row-major order
 * @param shape its sizes
 */
public record HostArray(float[] data, int... shape) {

    public HostArray {
        if (count(shape) != data.length) {
            throw TttException.mismatch("array " + Arrays.toString(shape), count(shape) + " values", data.length);
        }
    }

    /** Number of values of a shape. */
    static int count(int... shape) {
        int n = 1;
        for (int s : shape) {
            n = Math.multiplyExact(n, s);
        }
        return n;
    }

    /** Sizes as they are counted here. */
    static int[] shape(long... sizes) {
        return Arrays.stream(sizes).mapToInt(Math::toIntExact).toArray();
    }

    /** Zeros. */
    public static HostArray zeros(int... shape) {
        return new HostArray(new float[count(shape)], shape);
    }

    /** Size of the last dimension. */
    public int width() {
        return shape[shape.length - 1];
    }

    /** The number of rows of the last dimension's width. */
    int rows() {
        return data.length / width();
    }

    /** The offset of the row of a token; for arrays [B, L, width]. */
    int row(int sequence, int token) {
        return (sequence * shape[1] + token) * width();
    }

    /** The shape as ND4J wants it. */
    long[] longShape() {
        return Arrays.stream(shape).asLongStream().toArray();
    }

    /** The same array, once its shape is known to be [B, L, width]. */
    HostArray requireTokens(String name, int batch, int width) {
        if (shape.length != 3 || shape[0] != batch || shape[2] != width) {
            throw TttException.mismatch(name, "shape [" + batch + ", L, " + width + "]", Arrays.toString(shape));
        }
        return this;
    }

    /** The same array, once its shape is known to be that of another. */
    HostArray requireShapeOf(String name, HostArray other) {
        if (!Arrays.equals(shape, other.shape)) {
            throw TttException.shape(name, other.longShape(), longShape());
        }
        return this;
    }

    /** The same array, once its last dimension is known to be whole pieces of this width. */
    HostArray requirePieces(String name, int piece) {
        if (width() % piece != 0) {
            throw TttException.mismatch(name, "rows of " + piece, Arrays.toString(shape));
        }
        return this;
    }

    /** The same array, once its last dimension is known to be this wide. */
    HostArray requireWidth(String name, int width) {
        if (width() != width) {
            throw TttException.mismatch(name, "rows of " + width, Arrays.toString(shape));
        }
        return this;
    }
}
