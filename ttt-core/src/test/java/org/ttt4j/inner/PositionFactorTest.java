package org.ttt4j.inner;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.ttt4j.tensor.Tensors;

class PositionFactorTest {

    @Test
    void isClampedAtZero() {
        INDArray idx = Tensors.of(new double[] {0, 0.5, -0.4, -0.25, 0}, 5);
        assertArrayEquals(new double[] {1, 1, 0, 0, 0.2}, Tensors.toDoubles(PositionFactor.of(idx)), 1e-15);
    }

    /** At exactly 0 the gradient passes, as in PyTorch. */
    @Test
    void theGradientStopsBelowZero() {
        INDArray idx = Tensors.of(new float[] {0, 0.5f, -0.4f, -0.25f, 0}, 5);
        INDArray da = Tensors.of(new float[] {1, 2, 3, 4, 5}, 5);
        INDArray gradient = PositionFactor.gradient(idx, da);
        assertEquals(DataType.FLOAT, gradient.dataType());
        assertArrayEquals(new double[] {1, 2, 0, 4, 5}, Tensors.toDoubles(gradient));
        assertArrayEquals(new double[] {1, 2, 3, 4, 5}, Tensors.toDoubles(da));
    }

    @Test
    void oneTokenPerMiniBatch() {
        assertArrayEquals(new double[] {1}, Tensors.toDoubles(PositionFactor.of(Tensors.of(new double[] {0}, 1))));
    }
}
