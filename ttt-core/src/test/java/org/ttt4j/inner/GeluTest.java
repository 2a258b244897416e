package org.ttt4j.inner;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.ttt4j.tensor.Tensors;

class GeluTest {

    private static final double[] POINTS = {-12, -6, -3.3, -1, -0.75, -0.01, 0, 1e-3, 0.2, 0.75179, 1, 2.5, 5, 11};

    @Test
    void isTheTanhApproximation() {
        double[] actual = Tensors.toDoubles(Gelu.value(Tensors.of(POINTS, POINTS.length)));
        for (int i = 0; i < POINTS.length; i++) {
            double x = POINTS[i];
            double expected = 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
            assertEquals(expected, actual[i], 1e-14);
        }
    }

    @Test
    void derivativesAgreeWithCentralDifferences() {
        assertDerivative(Gelu::value, Gelu::derivative, 1e-10);
        assertDerivative(Gelu::roundedDerivative, Gelu::roundedSecondDerivative, 1e-10);
    }

    @Test
    void theAuthorsConstantsAreRounded() {
        INDArray x = Tensors.of(POINTS, POINTS.length);
        double difference =
                Gelu.derivative(x).sub(Gelu.roundedDerivative(x)).amaxNumber().doubleValue();
        assertTrue(difference > 1e-11 && difference < 1e-9, "differs by " + difference);
    }

    /** The derivatives vanish far out without cancellation. */
    @Test
    void float32TailsAreExact() {
        INDArray x = Tensors.of(new double[] {-6, -5, -4, 4, 5, 6}, 6);
        double[] expected = Tensors.toDoubles(Gelu.roundedSecondDerivative(x));
        double[] actual = Tensors.toDoubles(Gelu.roundedSecondDerivative(x.castTo(DataType.FLOAT)));
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], actual[i], 1e-4 * Math.abs(expected[i]));
        }
    }

    private static void assertDerivative(UnaryOperator<INDArray> f, UnaryOperator<INDArray> derivative, double limit) {
        INDArray x = Tensors.of(POINTS, POINTS.length);
        double h = 1e-3;
        INDArray near = f.apply(x.add(h)).sub(f.apply(x.sub(h)));
        INDArray far = f.apply(x.add(2 * h)).sub(f.apply(x.sub(2 * h)));
        INDArray difference = near.mul(8).sub(far).div(12 * h);
        assertArrayEquals(Tensors.toDoubles(difference), Tensors.toDoubles(derivative.apply(x)), limit);
    }
}
