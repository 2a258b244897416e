package org.ttt4j.data;

/**
 * The generator SplitMix64 (Steele, Lea and Flood 2014). Unlike the JDK's generators its whole state is one readable
 * number.
 */
public final class SplitMix64 {

    private long state;

    public SplitMix64(long seed) {
        state = seed;
    }

    /** Everything there is to save. */
    public long state() {
        return state;
    }

    public void restore(long saved) {
        state = saved;
    }

    public long nextLong() {
        state += 0x9E3779B97F4A7C15L;
        long z = state;
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }

    /** Uniform in [0, 1), in steps of 2^-53. */
    public double nextDouble() {
        return (nextLong() >>> 11) * 0x1p-53;
    }

    /**
     * Uniform in 0 to bound - 1.
     *
     * @param bound at least 1
     */
    public int nextInt(int bound) {
        // 63 random bits: the last, incomplete run of bound numbers is thrown back, which never happens in practice.
        long bits;
        long value;
        do {
            bits = nextLong() >>> 1;
            value = bits % bound;
        } while (bits - value + (bound - 1) < 0);
        return (int) value;
    }
}
