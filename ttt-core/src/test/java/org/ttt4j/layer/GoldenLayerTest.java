package org.ttt4j.layer;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.ttt4j.execution.Execution;
import org.ttt4j.layer.LayerConfig.Feature;
import org.ttt4j.ops.SequenceState;
import org.ttt4j.reference.InnerForm;
import org.ttt4j.safetensors.SafetensorsFile;
import org.ttt4j.safetensors.StoredWeights;

/** A bare layer against the authors' implementation: output, input gradient and every parameter's gradient. */
class GoldenLayerTest {

    private static final Path GOLDEN = Path.of("src/test/resources/golden");

    @ParameterizedTest
    @CsvSource({
        "reference, DOUBLE, DUAL, 1e-11, 1e-9",
        "reference, DOUBLE, PRIMAL, 1e-11, 1e-9",
        "reference, FLOAT, DUAL, 5e-6, 5e-5",
        "reference, FLOAT, PRIMAL, 5e-6, 5e-5",
        "scalar, FLOAT, DUAL, 5e-6, 5e-5"
    })
    void agreesWithTheAuthors(String kernel, DataType type, InnerForm form, double forwardLimit, double gradientLimit) {
        Execution execution = new Execution(kernel, type, form, 2);
        TTTLayer linear = TTTLayer.linear(LayerConfig.of(48, 4).withMiniBatch(4));
        TTTLayer mlp = TTTLayer.mlp(LayerConfig.of(48, 4)
                .withMiniBatch(4)
                .withBaseRate(0.1)
                .withFeatures(Set.of(Feature.GATE, Feature.SHARED_QK)));
        check("layer_linear_tf_mb4", linear, execution, forwardLimit, gradientLimit);
        check("layer_mlp_mamba_mb4", mlp, execution, forwardLimit, gradientLimit);
    }

    private static void check(
            String name, TTTLayer layer, Execution execution, double forwardLimit, double gradientLimit) {
        Path dir = GOLDEN.resolve(name);
        try (SafetensorsFile weights = SafetensorsFile.open(dir.resolve("model.safetensors"));
                SafetensorsFile golden = SafetensorsFile.open(dir.resolve("layer_B1_L12.safetensors"));
                LayerSession<?> session = LayerSession.open(layer, new StoredWeights(weights), execution)) {
            INDArray x = golden.read("x");
            SequenceState state = session.newState((int) x.size(0));
            LayerSession<?>.Recording recording = session.record(x, state);
            Map<String, Double> errors = new LinkedHashMap<>();
            errors.put("y", error(recording.output(), golden.read("f64.y")));
            LayerGradients d = recording.backward(golden.read("dy"));
            assertTrue(errors.get("y") <= forwardLimit, name + " y " + errors);
            errors.put("dx", error(d.input(), golden.read("f64.dx")));
            d.params().forEach((key, g) -> errors.put(key, error(g, golden.read("f64.grad." + key))));
            errors.forEach((key, e) -> assertTrue(e <= gradientLimit, name + " " + key + ": " + e));
        }
    }

    private static double error(INDArray x, INDArray reference) {
        INDArray difference = x.castTo(DataType.DOUBLE).sub(reference);
        return difference.amaxNumber().doubleValue() / reference.amaxNumber().doubleValue();
    }
}
