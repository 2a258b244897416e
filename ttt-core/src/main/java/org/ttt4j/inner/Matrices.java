package org.ttt4j.inner;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.ttt4j.tensor.Tensors;

/** The few matrix operations that the inner loop is made of. None changes its arguments. */
final class Matrices {

    private Matrices() {}

    /** A B. */
    static INDArray product(INDArray A, INDArray B) {
        return Nd4j.matmul(A, B, result(A, A.size(0), B.size(1)), false, false, false);
    }

    /** A Bᵀ. */
    static INDArray productT(INDArray A, INDArray B) {
        return Nd4j.matmul(A, B, result(A, A.size(0), B.size(0)), false, true, false);
    }

    /** Aᵀ B. */
    static INDArray tProduct(INDArray A, INDArray B) {
        return Nd4j.matmul(A, B, result(A, A.size(1), B.size(1)), true, false, false);
    }

    /** Allocating the result here halves the cost of a small product. */
    private static INDArray result(INDArray like, long rows, long columns) {
        return Nd4j.createUninitialized(like.dataType(), rows, columns);
    }

    /** x W + b for rows x [n, in], W [in, out], b [1, out]. */
    static INDArray dense(INDArray x, INDArray W, INDArray b) {
        return product(x, W).addi(b);
    }

    /** A times a number. ND4J takes 1e-5 for a NaN; as an array it stays what it is. */
    static INDArray scaled(INDArray A, double factor) {
        return A.mul(Nd4j.scalar(A.dataType(), factor));
    }

    /** The sum of all rows, [1, width]. */
    static INDArray sumRows(INDArray A) {
        return A.sum(true, 0);
    }

    /** The dot product of every row of A with the same row of B, [n, 1]. */
    static INDArray rowDot(INDArray A, INDArray B) {
        return A.mul(B).sum(true, 1);
    }

    /** The sum of all entries of A∘B. */
    static double inner(INDArray A, INDArray B) {
        return A.mul(B).sumNumber().doubleValue();
    }

    /** Ones where column ≤ stored + row (both counted from 0), zeros elsewhere: row t sees the stored rows and 0..t. */
    static INDArray causalMask(DataType type, int rows, int stored) {
        int columns = stored + rows;
        double[] mask = new double[rows * columns];
        for (int t = 0; t < rows; t++) {
            for (int s = 0; s <= stored + t; s++) {
                mask[t * columns + s] = 1;
            }
        }
        return Tensors.of(mask, rows, columns).castTo(type);
    }
}
