package org.ttt4j.rows;

import static org.ttt4j.rows.Lanes.all;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** {@link Exponential}, its formula and constants, by the Vector API. */
final class VectorExponential {

    private static final int SIGN = 0x80000000;

    private VectorExponential() {}

    /** e^x for x within ±{@link Exponential#LIMIT}; NaN for NaN. */
    static FloatVector of(FloatVector x) {
        FloatVector round = all(Exponential.ROUND);
        FloatVector t = x.fma(all(Exponential.LOG2E), round);
        FloatVector m = t.sub(round);
        FloatVector r = m.fma(all(-Exponential.LN2_LOW), m.fma(all(-Exponential.LN2_HIGH), x));
        FloatVector p = r.fma(all(Exponential.P5), all(Exponential.P4))
                .fma(r, all(Exponential.P3))
                .fma(r, all(Exponential.P2))
                .fma(r, all(Exponential.P1))
                .fma(r, all(Exponential.P0));
        IntVector power =
                t.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23).add(Exponential.ONE);
        return p.fma(r.mul(r), r).add(1).mul(power.reinterpretAsFloats());
    }

    /**
     * x within ±limit, by its bits: half a gate's time would go into min and max of floats, whose rules for NaN and -0 no
     * machine has in one instruction. NaN becomes a limit.
     */
    static FloatVector clamp(FloatVector x, float limit) {
        IntVector bits = x.reinterpretAsInts();
        IntVector size = bits.and(~SIGN).min(Float.floatToRawIntBits(limit));
        return bits.and(SIGN).or(size).reinterpretAsFloats();
    }
}
