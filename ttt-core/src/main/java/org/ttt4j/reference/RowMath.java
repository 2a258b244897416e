package org.ttt4j.reference;

import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;
import org.ttt4j.tensor.Tensors;
import org.ttt4j.tensor.TttException;

/** Small pieces of row-wise arithmetic on matrices [M, width]. None changes its arguments. */
final class RowMath {

    private RowMath() {}

    /** A [.., width] array as a matrix [M, width]. */
    static INDArray matrix(INDArray x) {
        long width = x.size(-1);
        INDArray dense = x.ordering() == 'c' && !x.isView() ? x : x.dup('c');
        return dense.reshape('c', x.length() / width, width);
    }

    /** A [.., width] array as a matrix [M, piece], where piece divides the width. */
    static INDArray pieces(String name, INDArray x, long piece) {
        if (x.size(-1) % piece != 0) {
            throw TttException.mismatch(name, "rows of " + piece, Arrays.toString(x.shape()));
        }
        return matrix(x).reshape('c', x.length() / piece, piece);
    }

    /** A matrix in the shape of another array, but for the last dimension. */
    static INDArray like(INDArray x, INDArray matrix) {
        long[] shape = x.shape().clone();
        shape[shape.length - 1] = matrix.size(1);
        return matrix.reshape('c', shape);
    }

    /** A parameter as a matrix [out, in]. */
    static INDArray weightMatrix(INDArray w) {
        return w.reshape('c', w.size(0), w.length() / w.size(0));
    }

    /** A parameter as a row [1, n]. */
    static INDArray row(INDArray w) {
        return w.reshape('c', 1, w.length());
    }

    static INDArray product(INDArray a, INDArray b, boolean transposeA, boolean transposeB) {
        long rows = transposeA ? a.size(1) : a.size(0);
        long columns = transposeB ? b.size(0) : b.size(1);
        INDArray out = Nd4j.createUninitialized(a.dataType(), new long[] {rows, columns}, 'c');
        return Nd4j.matmul(a, b, out, transposeA, transposeB, false);
    }

    static INDArray sumOfSquares(INDArray x) {
        return x.mul(x).sum(true, 1);
    }

    static INDArray rowDot(INDArray a, INDArray b) {
        return a.mul(b).sum(true, 1);
    }

    static INDArray sqrt(INDArray x) {
        return Transforms.sqrt(x, true);
    }

    static INDArray sigmoid(INDArray x) {
        return Transforms.sigmoid(x, true);
    }

    static void requirePieces(INDArray x, int... widths) {
        if (Arrays.stream(widths).sum() != x.size(-1)) {
            throw TttException.mismatch("pieces", "a width of " + x.size(-1) + " in all", Arrays.toString(widths));
        }
    }

    static INDArray cast(double[] values, DataType type, long... shape) {
        return Tensors.of(values, shape).castTo(type);
    }
}
