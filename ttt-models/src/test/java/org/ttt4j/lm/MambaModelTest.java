package org.ttt4j.lm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.ttt4j.checkpoint.Checkpoint;
import org.ttt4j.config.MambaConfig;
import org.ttt4j.config.MixerKind;
import org.ttt4j.config.ModelConfig;
import org.ttt4j.execution.Execution;
import org.ttt4j.param.Param;
import org.ttt4j.param.WeightSource;
import org.ttt4j.safetensors.SafetensorsFile;
import org.ttt4j.safetensors.SafetensorsWriter;

/** Mamba's model around its layers: checkpoints, parameters, and that gradients lead downhill. */
class MambaModelTest {

    private static final Path CASE = Path.of("src/test/resources/golden/mamba_h32_n16");
    private static final int[][] IDS = {{1, 2, 3, 4, 5}};

    /** Hugging Face's key of the embedding, and a copy of a tied head. */
    @Test
    void loadsUnderOtherKeys(@TempDir Path directory) throws IOException {
        Map<String, INDArray> weights = new LinkedHashMap<>();
        try (SafetensorsFile file = SafetensorsFile.open(CASE.resolve("model.safetensors"))) {
            for (String name : file.tensors().keySet()) {
                weights.put(name.replace("backbone.embedding.", "backbone.embeddings."), file.read(name));
            }
        }
        weights.put("lm_head.weight", weights.get("backbone.embeddings.weight"));
        SafetensorsWriter.write(directory.resolve("model.safetensors"), weights, Map.of());
        Files.copy(CASE.resolve("config.json"), directory.resolve("config.json"));
        try (LanguageModel<?> expected = Checkpoint.open(CASE).load(Execution.fused());
                LanguageModel<?> actual = Checkpoint.open(directory).load(Execution.fused())) {
            assertEquals(
                    expected.next(IDS, expected.newState(1)), actual.next(IDS, actual.newState(1)), "the next token");
        }
    }

    @Test
    void parametersAreCountedAndSomeDoNotDecay() {
        for (MixerKind mixer :
                List.of(MixerKind.MAMBA, MixerKind.LINEAR_ATTENTION, MixerKind.NORMALISED_LINEAR_ATTENTION)) {
            ModelConfig config = ModelConfig.preset(mixer, "tiny");
            long count = CausalLM.of(config).params().stream()
                    .mapToLong(Param::count)
                    .sum();
            assertEquals(config.parameterCount(), count, mixer.toString());
        }
        for (Param p : CausalLM.of(MambaConfig.preset("tiny")).params()) {
            boolean recurrence = p.key().endsWith(".A_log") || p.key().endsWith(".D");
            assertEquals(!recurrence, p.decays(), p.key());
        }
    }

    /** The start of the steps' bias: softplus gives what lies between the configured bounds. */
    @Test
    void stepsBeginBetweenTheirBounds() {
        MambaConfig config = MambaConfig.preset("tiny");
        WeightSource start = WeightSource.init(1);
        for (Param p : CausalLM.of(config).params()) {
            if (p.key().endsWith("dt_proj.bias")) {
                for (double bias : start.read(p).data().asDouble()) {
                    double step = Math.log1p(Math.exp(bias));
                    assertTrue(step > 0.999 * config.timeStepMin() && step < 1.001 * config.timeStepMax());
                }
            }
        }
    }

    @Test
    void gradientsLeadDownhill() {
        ModelConfig config = ModelConfig.preset(MixerKind.MAMBA, "tiny");
        int[][] targets = {{2, 3, 4, 5, 6}};
        WeightSource start = WeightSource.init(1);
        try (LanguageModel<?> model = LanguageModel.open(CausalLM.of(config), start, Execution.fused())) {
            LossGradients before = model.lossGradients(IDS, targets, model.newState(1));
            WeightSource moved =
                    p -> start.read(p).sub(before.params().get(p.key()).mul(0.1));
            try (LanguageModel<?> next = LanguageModel.open(CausalLM.of(config), moved, Execution.fused())) {
                double after =
                        next.lossGradients(IDS, targets, next.newState(1)).loss();
                assertTrue(after < before.loss(), before.loss() + " to " + after);
                assertFalse(Double.isNaN(after));
            }
        }
    }
}
