package org.ttt4j.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.ttt4j.checkpoint.Checkpoint;
import org.ttt4j.config.Backbone;
import org.ttt4j.config.TTTConfig;
import org.ttt4j.data.TextCorpus;
import org.ttt4j.execution.Execution;
import org.ttt4j.safetensors.SafetensorsWriter;
import org.ttt4j.safetensors.TensorSource;
import org.ttt4j.tokenizer.ByteTokenizer;
import org.ttt4j.tokenizer.Tokenizer;
import org.ttt4j.train.Trainer;
import org.ttt4j.train.TrainingListener;
import org.ttt4j.train.TrainingPlan;
import org.ttt4j.train.TrainingTask;
import org.ttt4j.verify.Finding.Level;

class ModelInspectorTest {

    private static final Tokenizer BYTES = new ByteTokenizer();
    private static final TextCorpus TEXT = TextCorpus.of(BYTES, "the cat sat on the mat. ".repeat(40));

    @TempDir
    static Path dir;

    private static Path model;

    /** A model that has learnt its only sentence. */
    @BeforeAll
    static void train() {
        model = dir.resolve("model");
        TTTConfig config = TTTConfig.preset("tiny")
                .with(Map.of(
                        "hidden_size", 16,
                        "intermediate_size", 24,
                        "num_hidden_layers", 1,
                        "num_attention_heads", 2,
                        "mini_batch_size", 4))
                .withBackbone(Backbone.MAMBA);
        TrainingTask task = new TrainingTask(config, BYTES, TEXT, TrainingPlan.of(60, 4, 32, 2e-2));
        try (Trainer trainer = Trainer.start(task, Execution.fused().withThreads(2), model, TrainingListener.NONE)) {
            trainer.run().orElseThrow();
        }
    }

    private Inspection inspect() {
        return new ModelInspector(Checkpoint.open(model), Execution.fused()).on(BYTES, TEXT.tokens());
    }

    private void change(String key, UnaryOperator<INDArray> change) {
        Map<String, INDArray> tensors = new LinkedHashMap<>();
        try (TensorSource source = Checkpoint.open(model).source()) {
            source.tensors().keySet().forEach(name -> tensors.put(name, source.read(name)));
        }
        tensors.put(key, change.apply(tensors.get(key)));
        SafetensorsWriter.write(model.resolve("model.safetensors"), tensors, Map.of());
    }

    private static void assertFinds(Inspection inspection, Level level, String words) {
        assertTrue(
                inspection.findings().stream()
                        .anyMatch(f -> f.level() == level && f.text().contains(words)),
                inspection.findings().toString());
    }

    @Test
    void aTrainedModelPredictsItsText() {
        Inspection inspection = inspect();
        Inspection.Prediction p = inspection.prediction();
        assertTrue(p.loss() < 0.8 * p.uniform() && p.loss() < p.shuffled(), p.toString());
        assertEquals(Math.log(257), p.uniform(), 1e-12);
        assertFinds(inspection, Level.OK, "keys: ");
        assertFinds(inspection, Level.OK, "text: ");
        assertFalse(inspection.findings().stream().anyMatch(f -> f.level() == Level.WRONG));
        assertEquals(1, inspection.innerLosses().size());
        assertEquals(
                Checkpoint.open(model).config().parameterCount(),
                inspection.tensors().stream().mapToLong(t -> t.param().count()).sum());
    }

    @Test
    void damageIsFound() throws IOException {
        byte[] whole = Files.readAllBytes(model.resolve("model.safetensors"));
        String norm = "model.norm.weight";
        change(norm, x -> x.mul(-1));
        assertFinds(new ModelInspector(Checkpoint.open(model), Execution.fused()).tensors(), Level.DOUBT, norm);
        change(norm, x -> x.putScalar(3, Double.NaN));
        assertFinds(inspect(), Level.WRONG, norm);
        change(norm, Nd4j::onesLike);
        String matrix = "model.layers.0.mlp.up_proj.weight";
        change(matrix, x -> x.mul(1e4));
        assertFinds(inspect(), Level.DOUBT, "50 times");
        change(matrix, Nd4j::zerosLike);
        assertFinds(inspect(), Level.WRONG, "all zero");
        change(matrix, x -> x.reshape(x.size(1), x.size(0)));
        assertFinds(inspect(), Level.WRONG, "mis-shaped");
        assertFalse(inspect().ok());
        Files.write(model.resolve("model.safetensors"), whole);
    }

    @Test
    void anUntrainedModelIsDoubtful() {
        List<Finding> findings = new ArrayList<>();
        InspectionRules.judgeCurves(List.of(new double[] {1, 2, 3}), findings);
        InspectionRules.judge(new Inspection.Prediction(10, 5.6, 5.5, 5.6), findings);
        InspectionRules.judge(new Inspection.Prediction(10, 2.0, 5.5, 2.1), findings);
        InspectionRules.judge(new Inspection.Prediction(10, 2.0, 5.5, 6), findings);
        assertEquals(
                List.of(Level.DOUBT, Level.WRONG, Level.DOUBT, Level.OK),
                findings.stream().map(Finding::level).toList());
    }
}
