package org.ttt4j.host;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.ttt4j.kernel.InnerKernels;
import org.ttt4j.matrix.ProductType;
import org.ttt4j.matrix.WeightType;
import org.ttt4j.ops.Linear;
import org.ttt4j.ops.Projection;
import org.ttt4j.param.Init;
import org.ttt4j.param.Param;
import org.ttt4j.param.WeightSource;
import org.ttt4j.tensor.Tensors;
import org.ttt4j.tensor.TttException;

class Bfloat16ProductsTest {

    private static final Projection PROJECTION = Projection.of(
            new Linear(new Param("w", Init.normal(0.1), 1030, 100)),
            new Linear(new Param("rate", Init.normal(0.1), 3, 1, 100), new Param("bias", Init.normal(1), 3, 1)),
            new Linear(new Param("v", Init.normal(0.1), 17, 100)));

    @Test
    void refusesABackendThatWouldTakeForever() {
        assumeFalse(Bfloat16Products.available());
        assertThrows(TttException.class, () -> open(ProductType.BFLOAT16));
    }

    @Test
    void isNearTheProductOfFloats() {
        assumeTrue(Bfloat16Products.available(), "ND4J's build with oneDNN is not on the class path");
        INDArray x = Twin.gaussian(new Random(1), 1, 1, 131, 100);
        try (HostOps exact = open(ProductType.FLOAT32);
                HostOps rounded = open(ProductType.BFLOAT16)) {
            List<HostArray> expected = exact.project(PROJECTION, exact.in(x));
            List<HostArray> actual = rounded.project(PROJECTION, rounded.in(x));
            for (int i = 0; i < expected.size(); i++) {
                double allowed = i == 1 ? 0 : 5e-3; // the rate stays float32
                assertTrue(relativeError(exact.out(expected.get(i)), rounded.out(actual.get(i))) <= allowed);
            }
        }
    }

    private static HostOps open(ProductType type) {
        List<Param> params = List.of(
                PROJECTION.maps().get(0).weight(),
                PROJECTION.maps().get(1).weight(),
                PROJECTION.maps().get(1).bias(),
                PROJECTION.maps().get(2).weight());
        String kernel = InnerKernels.best().name();
        return new HostOps(params, WeightSource.init(2), 2, kernel, WeightType.FLOAT32, type);
    }

    /** Root mean square of the differences beside that of the values. */
    private static double relativeError(INDArray expected, INDArray actual) {
        double[] e = Tensors.toDoubles(expected);
        double[] a = Tensors.toDoubles(actual);
        double differences = 0;
        double values = 0;
        for (int i = 0; i < e.length; i++) {
            differences += (a[i] - e[i]) * (a[i] - e[i]);
            values += e[i] * e[i];
        }
        return Math.sqrt(differences / values);
    }
}
