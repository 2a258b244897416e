package org.ttt4j.param;

import java.util.Random;

/**
 * How a parameter starts. Values depend on the seed and the parameter's key alone, not on the order in which parameters are
 * created.
 *
 * @param kind the distribution
 * @param scale standard deviation (NORMAL), bound (UNIFORM), value (CONSTANT), width of a row (LOG_OF_INDEX) or largest step
 *     size (INVERSE_SOFTPLUS)
 * @param least step size (INVERSE_SOFTPLUS)
 */
public record Init(Kind kind, double scale, double least) {

    /** The distributions that the authors' initialisations need. */
    public enum Kind {
        NORMAL,
        UNIFORM,
        CONSTANT,
        /** Log 1, log 2 .. in every row: Mamba's {@code A_log} (S4D-real, Gu et al. 2022). */
        LOG_OF_INDEX,
        /** What softplus makes a step size of, whose logarithm is uniform: the bias of Mamba's step sizes. */
        INVERSE_SOFTPLUS
    }

    private Init(Kind kind, double scale) {
        this(kind, scale, 0);
    }

    /** Log 1, log 2 .. in rows of this width. */
    public static Init logOfIndex(int width) {
        return new Init(Kind.LOG_OF_INDEX, width);
    }

    /** {@code softplus⁻¹(u)}, log u uniform between these step sizes' logarithms. */
    public static Init inverseSoftplus(double least, double largest) {
        return new Init(Kind.INVERSE_SOFTPLUS, largest, least);
    }

    /** N(0, std²). */
    public static Init normal(double std) {
        return new Init(Kind.NORMAL, std);
    }

    /** U(-bound, bound). */
    public static Init uniform(double bound) {
        return new Init(Kind.UNIFORM, bound);
    }

    public static Init zeros() {
        return new Init(Kind.CONSTANT, 0);
    }

    public static Init ones() {
        return new Init(Kind.CONSTANT, 1);
    }

    /** Start values of a parameter. They are representable in float32, so both precisions start alike. */
    public float[] values(String key, long seed, int count) {
        // java.util.Random's algorithms are specified, so the same seed gives the same model on every JDK.
        Random random = new Random(seed * 0x9E3779B97F4A7C15L ^ hash(key));
        float[] v = new float[count];
        for (int i = 0; i < count; i++) {
            v[i] = switch (kind) {
                case NORMAL -> (float) (random.nextGaussian() * scale);
                case UNIFORM -> (float) ((2 * random.nextDouble() - 1) * scale);
                case CONSTANT -> (float) scale;
                case LOG_OF_INDEX -> (float) Math.log(i % (int) scale + 1);
                case INVERSE_SOFTPLUS -> (float) inverseSoftplus(random.nextDouble());
            };
        }
        return v;
    }

    /** @param u from 0 to 1 */
    private double inverseSoftplus(double u) {
        double step = least * Math.pow(scale / least, u);
        return step + Math.log(-Math.expm1(-step));
    }

    /** FNV-1a in 64 bits: neighbouring keys must not share a start. */
    private static long hash(String key) {
        long h = 0xCBF29CE484222325L;
        for (int i = 0; i < key.length(); i++) {
            h = (h ^ key.charAt(i)) * 0x100000001B3L;
        }
        return h;
    }
}
