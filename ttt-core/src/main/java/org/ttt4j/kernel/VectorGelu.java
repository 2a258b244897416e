package org.ttt4j.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** {@link Gelu}, its formulas and constants, by the Vector API. */
final class VectorGelu {

    private static final VectorSpecies<Float> SPECIES = VectorBlocks.SPECIES;
    private static final int LANES = VectorBlocks.LANES;

    private VectorGelu() {}

    static void valueAndSlope(float[] Z, int at, float[] X, int x, float[] slope, int to, int n) {
        for (int j = 0; j < n; j += LANES) {
            FloatVector z = FloatVector.fromArray(SPECIES, Z, at + j);
            FloatVector square = z.mul(z);
            FloatVector e = exponential(z, square);
            FloatVector sigma = one().div(e.add(1));
            FloatVector value = z.mul(sigma);
            FloatVector w = square.fma(all(Gelu.C3), all(Gelu.C0));
            value.intoArray(X, x + j);
            e.mul(sigma).mul(value.add(value)).fma(w, sigma).intoArray(slope, to + j);
        }
    }

    static void curvature(float[] Z, int at, float[] Y, int y, int n) {
        for (int j = 0; j < n; j += LANES) {
            FloatVector z = FloatVector.fromArray(SPECIES, Z, at + j);
            FloatVector square = z.mul(z);
            FloatVector e = exponential(z, square);
            FloatVector sigma = one().div(e.add(1));
            FloatVector tau = e.mul(sigma);
            FloatVector c = square.mul(Gelu.C3);
            FloatVector w = c.add(Gelu.C0);
            FloatVector bend = w.add(c).sub(z.mul(sigma.sub(tau)).mul(w).mul(w));
            sigma.mul(tau).mul(4).mul(bend).intoArray(Y, y + j);
        }
    }

    /** {@code e^(-2 C0 z (1 + C1 z^2))}. */
    private static FloatVector exponential(FloatVector z, FloatVector square) {
        FloatVector x = z.mul(square.fma(all(-2 * Gelu.C0 * Gelu.C1), all(-2 * Gelu.C0)))
                .min(Gelu.LIMIT)
                .max(-Gelu.LIMIT);
        FloatVector t = x.fma(all(Gelu.LOG2E), all(Gelu.ROUND));
        FloatVector m = t.sub(Gelu.ROUND);
        FloatVector r = m.fma(all(-Gelu.LN2_LOW), m.fma(all(-Gelu.LN2_HIGH), x));
        FloatVector p = r.fma(all(Gelu.P5), all(Gelu.P4))
                .fma(r, all(Gelu.P3))
                .fma(r, all(Gelu.P2))
                .fma(r, all(Gelu.P1))
                .fma(r, all(Gelu.P0));
        return p.fma(r.mul(r), r)
                .add(1)
                .mul(t.reinterpretAsInts()
                        .lanewise(VectorOperators.LSHL, 23)
                        .add(Gelu.ONE)
                        .reinterpretAsFloats());
    }

    private static FloatVector one() {
        return all(1);
    }

    private static FloatVector all(float value) {
        return FloatVector.broadcast(SPECIES, value);
    }
}
