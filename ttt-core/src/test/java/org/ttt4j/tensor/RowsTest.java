package org.ttt4j.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class RowsTest {

    /** ND4J's own interval index answers with an empty scalar for some of these. */
    @Test
    void viewsOfViewsAreRight() {
        for (INDArray x : new INDArray[] {numbered(10, 6), numbered(6, 10).transpose(), numbered(10, 2, 3)}) {
            double[] all = Tensors.toDoubles(x);
            int width = all.length / 10;
            for (int f = 0; f < 8; f++) {
                INDArray view = Tensors.rows(x, f, f + 3);
                for (int i = 0; i < 3; i++) {
                    for (int j = i + 1; j <= 3; j++) {
                        double[] expected = Arrays.copyOfRange(all, (f + i) * width, (f + j) * width);
                        assertArrayEquals(expected, Tensors.toDoubles(Tensors.rows(view, i, j)));
                    }
                }
            }
        }
    }

    @Test
    void theyShareTheValues() {
        INDArray x = numbered(10);
        Tensors.rows(Tensors.rows(x, 2, 5), 2, 3).assign(-1);
        assertArrayEquals(new double[] {0, 1, 2, 3, -1, 5, 6, 7, 8, 9}, Tensors.toDoubles(x));
    }

    @Test
    void rangesOutsideAreRefused() {
        assertThrows(TttException.class, () -> Tensors.rows(numbered(4, 2), 3, 5));
        assertThrows(TttException.class, () -> Tensors.rows(numbered(4, 2), 2, 2));
        assertThrows(TttException.class, () -> Tensors.rows(numbered(4, 2), -1, 2));
    }

    private static INDArray numbered(long... shape) {
        return Nd4j.arange(Tensors.count(shape)).castTo(DataType.DOUBLE).reshape('c', shape);
    }
}
