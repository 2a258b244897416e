package org.ttt4j.host;

import static org.bytedeco.openblas.global.openblas_nolapack.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.blas_set_num_threads;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_sgemm;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_sgemv;

import java.nio.FloatBuffer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.ttt4j.kernel.SmallProducts;

/** The BLAS that ND4J's CPU backend brings, called directly: its arrays would take longer than a product. */
final class OpenBlasSmallProducts implements SmallProducts {

    /** Bytes that vectors are aligned to. */
    private static final int LINE = 64;
    /**
     * Up to so many rows go one by one: where OpenBLAS has no kernels for small matrices, on AVX2, packing the other factor
     * takes five times as long.
     */
    private static final int FEW = 2;
    /** Rows of a transposed factor at a time: with more, OpenBLAS's kernel for AVX-512 is half as fast. */
    private static final int BLOCK = 64;

    /** Threads belong to the executor, so that BLAS must start none; its thread count is one for the whole process. */
    OpenBlasSmallProducts() {
        blas_set_num_threads(1);
    }

    @Override
    public String name() {
        return "OpenBLAS";
    }

    @Override
    public Memory allocate(int floats) {
        return new OffHeap(floats);
    }

    @Override
    public void multiply(
            boolean transposedA,
            boolean transposedB,
            int m,
            int n,
            int k,
            float alpha,
            Memory a,
            int aAt,
            int lda,
            Memory b,
            int bAt,
            int ldb,
            float beta,
            Memory c,
            int cAt,
            int ldc) {
        OffHeap A = (OffHeap) a;
        OffHeap B = (OffHeap) b;
        OffHeap C = (OffHeap) c;
        if (m <= FEW) {
            for (int i = 0; i < m; i++) {
                FloatPointer x = A.first(aAt + (transposedA ? i : i * lda));
                FloatPointer y = C.first(cAt + i * ldc);
                row(transposedB, n, k, alpha, x, transposedA ? lda : 1, B.second(bAt), ldb, beta, y);
            }
            return;
        }
        int step = transposedB ? BLOCK : n;
        for (int j = 0; j < n; j += step) {
            cblas_sgemm(
                    CblasRowMajor,
                    transposedA ? CblasTrans : CblasNoTrans,
                    transposedB ? CblasTrans : CblasNoTrans,
                    m,
                    Math.min(step, n - j),
                    k,
                    alpha,
                    A.first(aAt),
                    lda,
                    B.second(bAt + (transposedB ? j * ldb : j)),
                    ldb,
                    beta,
                    C.first(cAt + j),
                    ldc);
        }
    }

    /** One row: {@code y = alpha x B + beta y}. */
    private static void row(
            boolean transposed,
            int n,
            int k,
            float alpha,
            FloatPointer x,
            int apart,
            FloatPointer b,
            int ldb,
            float beta,
            FloatPointer y) {
        int rows = transposed ? n : k;
        int columns = transposed ? k : n;
        int order = transposed ? CblasNoTrans : CblasTrans;
        cblas_sgemv(CblasRowMajor, order, rows, columns, alpha, b, ldb, x, apart, beta, y, 1);
    }

    /** One thread's. */
    private static final class OffHeap implements Memory {

        private final FloatPointer owner;
        private final FloatPointer first;
        private final FloatPointer second; // a matrix may be both factors
        private final FloatBuffer values;
        private final long shift;

        OffHeap(int floats) {
            int spare = LINE / Float.BYTES;
            owner = new FloatPointer((long) floats + spare);
            Pointer.memset(owner, 0, (long) Float.BYTES * (floats + spare));
            shift = (LINE - owner.address() % LINE) % LINE / Float.BYTES;
            first = new FloatPointer(owner);
            second = new FloatPointer(owner);
            values = new FloatPointer(owner)
                    .position(shift)
                    .limit(shift + floats)
                    .asBuffer();
        }

        FloatPointer first(int at) {
            return first.position(shift + at);
        }

        FloatPointer second(int at) {
            return second.position(shift + at);
        }

        @Override
        public void put(int at, float[] from, int fromAt, int n) {
            values.put(at, from, fromAt, n);
        }

        @Override
        public void get(int at, float[] to, int toAt, int n) {
            values.get(at, to, toAt, n);
        }

        @Override
        public void close() {
            owner.close();
        }
    }
}
