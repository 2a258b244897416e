package org.ttt4j.host;

import static org.bytedeco.openblas.global.openblas_nolapack.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.blas_set_num_threads;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_sgemm;

import java.nio.FloatBuffer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.ttt4j.kernel.SmallProducts;

/** The BLAS that ND4J's CPU backend brings, called directly: its arrays would take longer than a product. */
final class OpenBlas implements SmallProducts {

    /** Bytes that vectors are aligned to. */
    private static final int LINE = 64;

    /** Threads belong to the executor, so that BLAS must start none; its thread count is one for the whole process. */
    OpenBlas() {
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
        cblas_sgemm(
                CblasRowMajor,
                transposedA ? CblasTrans : CblasNoTrans,
                transposedB ? CblasTrans : CblasNoTrans,
                m,
                n,
                k,
                alpha,
                ((OffHeap) a).first(aAt),
                lda,
                ((OffHeap) b).second(bAt),
                ldb,
                beta,
                ((OffHeap) c).first(cAt),
                ldc);
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
