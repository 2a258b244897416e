package org.ttt4j.kernel;

/**
 * Products of small matrices in native code, on memory off the Java heap. Found as a service; serves several threads at a
 * time, each on memory of its own.
 */
public interface SmallProducts {

    /** Whose products they are. */
    String name();

    /** Room for so many floats, zeros at first. */
    Memory allocate(int floats);

    /**
     * Row-major {@code C = alpha A B + beta C} with C [m, n], A [m, k] or its transpose, B [k, n] or its transpose. Where beta
     * is 0, C is not read.
     *
     * @param lda floats from a row of a to the next, as ldb and ldc
     */
    void multiply(
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
            int ldc);

    /** Floats off the heap. */
    interface Memory extends AutoCloseable {

        void put(int at, float[] from, int fromAt, int n);

        void get(int at, float[] to, int toAt, int n);

        @Override
        void close();
    }

    /** Looks for the products: a service. */
    interface Finder {

        /** Null where there are none. */
        SmallProducts find();
    }
}
