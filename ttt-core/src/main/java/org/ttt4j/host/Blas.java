package org.ttt4j.host;

import org.nd4j.linalg.factory.Nd4j;

/** Products of matrices off the Java heap, each by the thread that asks for it. */
interface Blas {

    /** {@code result = op(a) op(b)}, plus what it held if {@code add}; op is the transpose where {@code turn} says so. */
    void multiply(BlasMatrix a, boolean turnA, BlasMatrix b, boolean turnB, boolean add, BlasMatrix result);

    /**
     * The backend's BLAS, called as directly as it can be. Threads belong to the executor, so BLAS must start none: its
     * thread count, which is one for the whole process, is set to 1.
     */
    static Blas ofBackend() {
        Nd4j.factory().blas().setMaxThreads(1);
        return OpenBlas.available() ? new OpenBlas() : new Nd4jBlas();
    }
}
