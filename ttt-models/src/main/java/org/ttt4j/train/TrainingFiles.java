package org.ttt4j.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.ttt4j.checkpoint.Checkpoint;
import org.ttt4j.checkpoint.Environment;
import org.ttt4j.checkpoint.Provenance;
import org.ttt4j.config.ModelConfig;
import org.ttt4j.io.AtomicFiles;
import org.ttt4j.tensor.TttException;

/** A training's directory: what lies where, and in which order it is written. */
record TrainingFiles(Path directory) {

    private static final String TRAINER = "trainer.safetensors";
    private static final String METRICS = "metrics.jsonl";

    Path trainer() {
        return directory.resolve(TRAINER);
    }

    Path metrics() {
        return directory.resolve(METRICS);
    }

    /** Creates the directory, in which there must be no training yet. */
    void prepare() {
        if (Files.exists(trainer())) {
            throw TttException.mismatch(directory.toString(), "no training that could be resumed", TRAINER);
        }
        try {
            Files.createDirectories(directory);
            AtomicFiles.sweep(directory);
        } catch (IOException e) {
            throw new TttException(directory + ": cannot be created: " + e, e);
        }
    }

    /** What was trained here; empty if nothing was saved. */
    Optional<Trainer.Saved> saved() {
        if (!Files.exists(trainer())) {
            return Optional.empty();
        }
        try (TrainerFile file = TrainerFile.open(trainer())) {
            TrainerFile.Identity identity = file.facts().identity();
            return Optional.of(new Trainer.Saved(
                    ModelConfig.parse(identity.config().toString()),
                    identity.tokenizer(),
                    identity.plan(),
                    DataType.valueOf(identity.dataType())));
        }
    }

    /** The trainer's file first: it alone decides where a training goes on. */
    void save(TrainingTask task, TrainerFile.Facts facts, Learner<?> learner) {
        Map<String, INDArray> tensors = learner.save();
        try {
            TrainerFile.write(trainer(), facts, tensors);
        } finally {
            tensors.values().forEach(INDArray::close);
        }
        long step = facts.progress().step();
        Environment last =
                facts.environments().get(facts.environments().size() - 1).environment();
        Provenance provenance = new Provenance(
                task.plan().seed(),
                step,
                step * task.plan().tokensPerStep(),
                task.corpus().sha256(),
                last);
        Checkpoint.save(directory, task.config(), task.tokenizer(), learner.model(), provenance);
    }
}
