package org.ttt4j.kernel;

/**
 * Brings arrays near to a core before it computes on them. Reading one value of every cache line keeps many lines on their way
 * at a time; arithmetic, and strides that hardware does not foresee, keep few.
 */
public final class Nearer {

    /** Floats of a cache line; where lines are longer, some are read twice. */
    private static final int LINE = 16;

    private Nearer() {}

    /** Reads n values, from two places at a time. The result means nothing: it must be kept somewhere, lest nothing is read. */
    static float read(float[] x, int at, int n) {
        int half = n / 2;
        float a = 0;
        float b = 0;
        float c = 0;
        float d = 0;
        for (int i = at; i + LINE < at + half; i += 2 * LINE) {
            a += x[i];
            b += x[i + half];
            c += x[i + LINE];
            d += x[i + half + LINE];
        }
        return a + b + c + d;
    }

    /** As {@link #read}, from one place on: of few values, the better way. */
    public static float stream(float[] x, int at, int n) {
        float seen = 0;
        for (int i = at; i < at + n; i += LINE) {
            seen += x[i];
        }
        return seen;
    }
}
