package org.ttt4j.host;

import static org.bytedeco.openblas.global.openblas_nolapack.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_sgemm;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_sgemv;

import org.nd4j.linalg.factory.Nd4j;

/**
 * The OpenBLAS that ND4J's CPU backend is built on. A call takes a tenth of a microsecond beside its work; by ND4J's own
 * operations it is five, and some of that under a lock.
 */
final class OpenBlas implements Blas {

    private static final String CLASS = "org.bytedeco.openblas.global.openblas_nolapack";

    /** Up to so many rows, one product by a vector after the other is faster than one by a matrix, which copies its operands. */
    private static final int FEW_ROWS = 4;

    /** Whether ND4J's backend computes by it. */
    static boolean available() {
        return Nd4j.getEnvironment().isCPU() && present();
    }

    /** Whether it is there, whatever ND4J's backend. */
    static boolean present() {
        try {
            return Class.forName(CLASS) != null;
        } catch (ClassNotFoundException | LinkageError e) {
            return false;
        }
    }

    @Override
    public void multiply(BlasMatrix a, boolean turnA, BlasMatrix b, boolean turnB, boolean add, BlasMatrix result) {
        if (result.rows() <= FEW_ROWS && !turnA && turnB) {
            for (int row = 0; row < result.rows(); row++) {
                byVector(b, a, row, add, result);
            }
        } else {
            cblas_sgemm(
                    CblasRowMajor,
                    turnA ? CblasTrans : CblasNoTrans,
                    turnB ? CblasTrans : CblasNoTrans,
                    result.rows(),
                    result.columns(),
                    turnA ? a.rows() : a.columns(),
                    1,
                    a.memory().pointer(a.at()),
                    a.columns(),
                    b.memory().pointer(b.at()),
                    b.columns(),
                    add ? 1 : 0,
                    result.memory().pointer(result.at()),
                    result.columns());
        }
    }

    /** A row of the result: the matrix times a row of x. */
    private static void byVector(BlasMatrix matrix, BlasMatrix x, int row, boolean add, BlasMatrix result) {
        cblas_sgemv(
                CblasRowMajor,
                CblasNoTrans,
                matrix.rows(),
                matrix.columns(),
                1,
                matrix.memory().pointer(matrix.at()),
                matrix.columns(),
                x.memory().pointer(x.at() + row * x.columns()),
                1,
                add ? 1 : 0,
                result.memory().pointer(result.at() + row * result.columns()),
                1);
    }
}
