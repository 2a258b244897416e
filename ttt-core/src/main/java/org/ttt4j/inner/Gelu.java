package org.ttt4j.inner;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * GELU in its tanh approximation, ½x(1 + tanh(√(2/π)(x + 0.044715x³))), with its derivatives.
 *
 * <p>The authors' inner gradient uses gelu' with constants rounded to 8 digits. It differs from the exact derivative by
 * 3e-10, which float64 shows: the inner step takes the rounded one, whoever differentiates gelu itself the exact one.
 */
public final class Gelu {

    private static final double C0 = Math.sqrt(2 / Math.PI);
    private static final double C1 = 0.044715;
    private static final double C3 = 3 * C0 * C1;
    private static final double ROUNDED_C0 = 0.79788456;
    private static final double ROUNDED_C3 = 0.1070322243;

    private Gelu() {}

    /** gelu(x). */
    public static INDArray value(INDArray x) {
        INDArray T = Transforms.tanh(argument(x, C0), false);
        return T.addi(1).muli(x).muli(0.5);
    }

    /** The exact derivative of {@link #value}. */
    public static INDArray derivative(INDArray x) {
        return derivative(x, C0, C3);
    }

    /** The derivative with the authors' rounded constants. */
    public static INDArray roundedDerivative(INDArray x) {
        return derivative(x, ROUNDED_C0, ROUNDED_C3);
    }

    /** The derivative of {@link #roundedDerivative}: (1 - T²)(½(w + v) + c3 x² - x T w v). */
    public static INDArray roundedSecondDerivative(INDArray x) {
        INDArray argument = argument(x, ROUNDED_C0);
        INDArray x2 = x.mul(x);
        INDArray w = x2.mul(ROUNDED_C3).addi(ROUNDED_C0);
        INDArray v = x2.mul(3 * ROUNDED_C0 * C1).addi(ROUNDED_C0);
        INDArray xTwv = Transforms.tanh(argument, true).muli(x).muli(w).muli(v);
        return w.addi(v).muli(0.5).addi(x2.muli(ROUNDED_C3)).subi(xTwv).muli(oneMinusTanhSquared(argument));
    }

    /** ½(1 + T) + ½x(1 - T²)(c0 + c3 x²) with T = tanh(c0 x(1 + c1 x²)). */
    private static INDArray derivative(INDArray x, double c0, double c3) {
        INDArray argument = argument(x, c0);
        INDArray w = x.mul(x).muli(c3).addi(c0);
        INDArray slope = w.muli(x).muli(oneMinusTanhSquared(argument));
        return Transforms.tanh(argument, true).addi(1).addi(slope).muli(0.5);
    }

    /** c0 x(1 + c1 x²). */
    private static INDArray argument(INDArray x, double c0) {
        return x.mul(x).muli(C1).addi(1).muli(x).muli(c0);
    }

    /** 1 - tanh² u as 4y/(1+y)² with y = exp(-2|u|): the difference would cancel for large |u|. */
    private static INDArray oneMinusTanhSquared(INDArray u) {
        INDArray y = Transforms.exp(Transforms.abs(u, true).muli(-2), false);
        INDArray onePlus = y.add(1);
        return y.muli(4).divi(onePlus).divi(onePlus);
    }
}
