package org.ttt4j.kernel;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromArray;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link Gelu} by the Vector API. The exponential is a loop of its own that leaves its values where the results will be: a
 * method that C2 might fail to inline would make objects of its vectors.
 */
final class VectorGelu {

    private static final VectorSpecies<Float> SPECIES = VectorBlocks.SPECIES;
    private static final int LANES = VectorBlocks.LANES;

    private static final float LOG2E = 1.44269504f;
    /** {@code e^(-2 C0 z (1 + C1 z^2)) = 2^(z (LINEAR + CUBIC z^2))}. */
    private static final float LINEAR = -2 * Gelu.C0 * LOG2E;

    private static final float CUBIC = LINEAR * Gelu.C1;

    /** The bits of the largest |z| that matters: the exponential is e^80 there. */
    private static final int LIMIT = Float.floatToRawIntBits(9.67f);

    private static final int SIGN = 0x80000000;

    /** 2^f between -1/2 and 1/2, relative error 2e-8: coefficients by Remez' algorithm, of f, f^2, .. */
    private static final float P1 = 0.693147242069f;

    private static final float P2 = 0.240226522088f;
    private static final float P3 = 0.055503103882f;
    private static final float P4 = 0.00961769279f;
    private static final float P5 = 0.001340664341f;
    private static final float P6 = 0.000155946778f;

    private VectorGelu() {}

    static void value(float[] Z, int at, float[] X, int x, int n) {
        exponential(Z, at, X, x, n);
        for (int j = 0; j < n; j += LANES) {
            fromArray(SPECIES, Z, at + j)
                    .div(fromArray(SPECIES, X, x + j).add(1))
                    .intoArray(X, x + j);
        }
    }

    static void valueAndSlope(float[] Z, int at, float[] X, int x, float[] slope, int to, int n) {
        exponential(Z, at, X, x, n);
        valueAndSlopeOf(Z, at, X, x, slope, to, n);
    }

    static void valueSlopeAndCurvature(
            float[] Z, int at, float[] X, int x, float[] slope, int to, float[] curvature, int y, int n) {
        exponential(Z, at, X, x, n);
        curvatureOf(Z, at, X, x, curvature, y, n);
        valueAndSlopeOf(Z, at, X, x, slope, to, n);
    }

    /** X holds the exponential, then the value. */
    private static void valueAndSlopeOf(float[] Z, int at, float[] X, int x, float[] slope, int to, int n) {
        for (int j = 0; j < n; j += LANES) {
            FloatVector z = fromArray(SPECIES, Z, at + j);
            FloatVector e = fromArray(SPECIES, X, x + j);
            FloatVector sigma = broadcast(SPECIES, 1).div(e.add(1));
            FloatVector value = z.mul(sigma);
            FloatVector w = z.mul(z).fma(broadcast(SPECIES, 2 * Gelu.C3), broadcast(SPECIES, 2 * Gelu.C0));
            value.intoArray(X, x + j);
            e.mul(sigma).mul(value).fma(w, sigma).intoArray(slope, to + j);
        }
    }

    private static void curvatureOf(float[] Z, int at, float[] E, int e, float[] curvature, int y, int n) {
        for (int j = 0; j < n; j += LANES) {
            FloatVector z = fromArray(SPECIES, Z, at + j);
            FloatVector sigma =
                    broadcast(SPECIES, 1).div(fromArray(SPECIES, E, e + j).add(1));
            FloatVector tau = fromArray(SPECIES, E, e + j).mul(sigma);
            FloatVector c = z.mul(z).mul(Gelu.C3);
            FloatVector w = c.add(Gelu.C0);
            FloatVector bend = w.add(c).sub(z.mul(sigma.sub(tau)).mul(w).mul(w));
            sigma.mul(tau).mul(4).mul(bend).intoArray(curvature, y + j);
        }
    }

    /** {@code E = e^(-2 C0 z (1 + C1 z^2))}. Bounds z by its bits: min and max of floats would see to -0 and NaN at length. */
    private static void exponential(float[] Z, int at, float[] E, int to, int n) {
        for (int j = 0; j < n; j += LANES) {
            IntVector bits = fromArray(SPECIES, Z, at + j).reinterpretAsInts();
            FloatVector z = bits.and(~SIGN).min(LIMIT).or(bits.and(SIGN)).reinterpretAsFloats();
            FloatVector y = z.mul(z.mul(z).fma(broadcast(SPECIES, CUBIC), broadcast(SPECIES, LINEAR)));
            FloatVector t = y.add(Gelu.ROUND);
            FloatVector f = y.sub(t.sub(Gelu.ROUND));
            FloatVector p = f.fma(broadcast(SPECIES, P6), broadcast(SPECIES, P5))
                    .fma(f, broadcast(SPECIES, P4))
                    .fma(f, broadcast(SPECIES, P3))
                    .fma(f, broadcast(SPECIES, P2))
                    .fma(f, broadcast(SPECIES, P1))
                    .fma(f, broadcast(SPECIES, 1));
            IntVector power = t.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23);
            p.reinterpretAsInts().add(power).reinterpretAsFloats().intoArray(E, to + j);
        }
    }
}
