package org.ttt4j.kernel;

import java.util.Arrays;

/**
 * How fast memory can be read: the limit of anything that streams weights. Measured, because it cannot be looked up: it
 * depends on the modules, on the number of threads, and in a shared machine on the neighbours, from one second to the next.
 * Holds a large array and threads until it is closed.
 */
public final class MemoryBandwidth implements AutoCloseable {

    /** Far beyond any cache. */
    private static final long MOST_BYTES = 1L << 29;
    /** Of the free heap, so that the array fits beside what is measured. */
    private static final int FRACTION_OF_HEAP = 4;

    private static final int PASSES = 4;

    private final float[] array;
    private final Workers workers;

    /**
     * @param threads how many read, each a part of its own
     */
    public MemoryBandwidth(int threads) {
        this(threads, floats());
    }

    /** With an array of that many floats, an even number. */
    MemoryBandwidth(int threads, int floats) {
        workers = new Workers(threads);
        array = new float[floats];
        Arrays.fill(array, 1); // pages that nobody wrote may all be the same one
    }

    /** The rate now, the best of a few passes in some ten milliseconds: GB/s (10⁹ bytes). */
    public double read() {
        int threads = workers.threads();
        long best = Long.MAX_VALUE;
        for (int pass = 0; pass < PASSES; pass++) {
            long start = System.nanoTime();
            workers.run(threads, t -> compareHalves(part(t, threads), part(t + 1, threads)));
            best = Math.min(best, System.nanoTime() - start);
        }
        return (double) array.length * Float.BYTES / best;
    }

    /**
     * Reads every element between the two indices. Comparing two halves is the JDK's own vectorised loop that only reads. It
     * is as fast as one written with the Vector API, and needs no flag.
     */
    private void compareHalves(int from, int to) {
        int middle = from + (to - from) / 2;
        if (Arrays.mismatch(array, from, middle, array, middle, to) >= 0) {
            throw new IllegalStateException("memory does not hold what was written");
        }
    }

    /** Where a thread's part begins: an even number of floats from the start, so that halves are of one length. */
    private int part(int thread, int threads) {
        return (int) ((long) array.length / 2 * thread / threads) * 2;
    }

    private static int floats() {
        Runtime runtime = Runtime.getRuntime();
        long free = runtime.maxMemory() - runtime.totalMemory() + runtime.freeMemory();
        return (int) (Math.min(MOST_BYTES, free / FRACTION_OF_HEAP) / Float.BYTES / 2) * 2;
    }

    @Override
    public void close() {
        workers.close();
    }
}
