package org.ttt4j.rows;

import static org.ttt4j.rows.Lanes.all;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Exponentials by the Vector API. They are written with few operations: C2 gives a method a budget, and beyond it makes objects
 * of vectors, which is ten times slower. An operation with a scalar counts for more than one with a vector that stands ready.
 */
public final class VectorExponential {

    /** 2^f between -1/2 and 1/2, relative error 2e-8: coefficients by Remez' algorithm, of f, f², .. */
    private static final float P1 = 0.693147242069f;

    private static final float P2 = 0.240226522088f;
    private static final float P3 = 0.055503103882f;
    private static final float P4 = 0.00961769279f;
    private static final float P5 = 0.001340664341f;
    private static final float P6 = 0.000155946778f;

    /** What {@link Exponential#LOG2E} lacks. */
    private static final float LOG2E_LOW = 1.9259630e-8f;

    private static final int SIGN = 0x80000000;

    private VectorExponential() {}

    /** 2^t for t within ±125, its relative error that of t; NaN for NaN. */
    public static FloatVector power(FloatVector t) {
        FloatVector round = all(Exponential.ROUND);
        FloatVector shifted = t.add(round);
        return power(t.sub(shifted.sub(round)), shifted);
    }

    /** e^x for x within ±{@link Exponential#LIMIT}, relative error below 2e-7; NaN for NaN. */
    static FloatVector of(FloatVector x) {
        FloatVector round = all(Exponential.ROUND);
        FloatVector log2e = all(Exponential.LOG2E);
        FloatVector shifted = x.fma(log2e, round);
        FloatVector rest = x.fma(log2e, round.sub(shifted));
        return power(x.fma(all(LOG2E_LOW), rest), shifted);
    }

    /** 2^(f + m), where m stands in the lowest bits of its sum with {@link Exponential#ROUND}. */
    private static FloatVector power(FloatVector f, FloatVector shifted) {
        FloatVector p = f.fma(all(P6), all(P5))
                .fma(f, all(P4))
                .fma(f, all(P3))
                .fma(f, all(P2))
                .fma(f, all(P1))
                .fma(f, all(1));
        IntVector m = shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23);
        return p.reinterpretAsInts().add(m).reinterpretAsFloats();
    }

    /** What {@link #clamp} needs to stand ready. */
    static IntVector signBit() {
        return (IntVector) Lanes.INTS.broadcast(SIGN);
    }

    /** What {@link #clamp} needs to stand ready. */
    static IntVector bits(float limit) {
        return (IntVector) Lanes.INTS.broadcast(Float.floatToRawIntBits(limit));
    }

    /**
     * x within ±limit, by its bits: half a gate's time would go into min and max of floats, whose rules for NaN and -0 no
     * machine has in one instruction. NaN becomes a limit.
     */
    static FloatVector clamp(FloatVector x, IntVector signBit, IntVector limit) {
        IntVector bits = x.reinterpretAsInts();
        IntVector sign = bits.and(signBit);
        return bits.sub(sign).min(limit).or(sign).reinterpretAsFloats();
    }
}
