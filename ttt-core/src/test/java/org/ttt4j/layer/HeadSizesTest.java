package org.ttt4j.layer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.ttt4j.execution.Execution;
import org.ttt4j.inner.InnerModel;
import org.ttt4j.inner.LinearModel;
import org.ttt4j.inner.MlpModel;
import org.ttt4j.layer.LayerConfig.Feature;
import org.ttt4j.param.Param;
import org.ttt4j.param.WeightSource;
import org.ttt4j.tensor.Tensors;
import org.ttt4j.tensor.TttException;

/** Layers of the sizes that models have, and odd ones: the fused executor against the float64 reference. */
class HeadSizesTest {

    private static final double FORWARD = 5e-6;
    private static final double GRADIENT = 5e-5;

    @ParameterizedTest
    @CsvSource({
        "linear, 64, 3", "linear, 96, 1", "linear, 128, 1", "linear, 10, 5",
        "mlp, 64, 1", "mlp, 96, 1", "mlp, 128, 1", "mlp, 14, 3"
    })
    void fusedAgreesWithTheReference(String name, int headSize, int heads) {
        InnerModel model = name.equals("linear") ? new LinearModel() : new MlpModel();
        LayerConfig config = LayerConfig.of(headSize * heads, heads)
                .withModel(model)
                .withBaseRate(name.equals("linear") ? 1 : 0.1)
                .withFeatures(Set.of(Feature.GATE, Feature.SHARED_QK));
        TTTLayer layer = new TTTLayer("", config);
        // inner start weights of unit scale: next to zero, LayerNorm would magnify float32's rounding
        WeightSource weights = p -> p.key().matches("[Wb][12]") ? normal(p, 1 / Math.sqrt(headSize)) : normal(p, 0.1);
        Random random = new Random(3);
        INDArray x = normal(random, 1, 1, 19, config.hidden());
        INDArray dy = normal(random, 1, 1, 19, config.hidden());
        try (LayerSession<?> fused =
                        LayerSession.open(layer, weights, Execution.fused().withThreads(2));
                LayerSession<?> reference = LayerSession.open(layer, weights, Execution.reference(DataType.DOUBLE))) {
            INDArray expected = reference.forward(x, reference.newState(1));
            assertClose("output", expected, fused.forward(x, fused.newState(1)), FORWARD);
            LayerGradients d = reference.gradients(x, dy, reference.newState(1));
            LayerGradients actual = fused.gradients(x, dy, fused.newState(1));
            assertClose("dx", d.input(), actual.input(), GRADIENT);
            assertEquals(d.params().keySet(), actual.params().keySet());
            d.params().forEach((key, g) -> assertClose(key, g, actual.params().get(key), GRADIENT));
        }
    }

    @Test
    void sizesThatDoNotFitAreErrors() {
        AttentionConfig attention = AttentionConfig.of(12, 2);
        assertFails("heads: expected a divisor of 12, found 5", () -> AttentionConfig.of(12, 5));
        assertFails("head size of attention: expected an even number", () -> AttentionConfig.of(12, 4));
        assertFails("key-value heads: expected a divisor of 2 heads, found 0", () -> attention.withKeyValueHeads(0));
        assertFails("hidden: expected a positive multiple of 5 heads, found 12", () -> LayerConfig.of(12, 5));
        assertFails("head size: expected even and at least 4, found 3", () -> LayerConfig.of(12, 4));
    }

    private static void assertFails(String message, Executable run) {
        String actual = assertThrows(TttException.class, run).getMessage();
        assertTrue(actual.startsWith(message), actual);
    }

    private static INDArray normal(Param p, double std) {
        return normal(new Random(p.key().hashCode()), std, p.shape());
    }

    private static INDArray normal(Random random, double std, long... shape) {
        float[] values = new float[(int) Tensors.count(shape)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (random.nextGaussian() * std);
        }
        return Tensors.of(values, shape);
    }

    private static void assertClose(String name, INDArray expected, INDArray actual, double limit) {
        double scale = Math.max(expected.amaxNumber().doubleValue(), 1e-6);
        double error = actual.castTo(DataType.DOUBLE).sub(expected).amaxNumber().doubleValue() / scale;
        assertTrue(error <= limit, name + ": relative error " + error);
    }
}
