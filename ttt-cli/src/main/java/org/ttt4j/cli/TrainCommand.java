package org.ttt4j.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.nd4j.linalg.api.buffer.DataType;
import org.ttt4j.checkpoint.Checkpoint;
import org.ttt4j.checkpoint.TokenizerFiles;
import org.ttt4j.config.ModelConfig;
import org.ttt4j.data.TextCorpus;
import org.ttt4j.execution.Execution;
import org.ttt4j.reference.InnerForm;
import org.ttt4j.tensor.TttException;
import org.ttt4j.tokenizer.ByteTokenizer;
import org.ttt4j.tokenizer.Tokenizer;
import org.ttt4j.tokenizer.Tokenizers;
import org.ttt4j.train.Trainer;
import org.ttt4j.train.TrainingTask;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Trains a language model on text files. */
@Command(
        name = "train",
        description = "Train a language model on text files.",
        footer = {
            "",
            "DIR holds the model (config.json, model.safetensors, tokenizer.json if it has one),",
            "trainer.safetensors to go on from, and metrics.jsonl. Interrupting saves first; --resume goes on as if nothing had happened."
        })
final class TrainCommand implements Callable<Integer> {

    @Mixin
    private CommonOptions common;

    @Mixin
    private ModelOptions model;

    @Mixin
    private PlanOptions plan;

    @Option(
            names = "--text",
            required = true,
            arity = "1..*",
            paramLabel = "PATH",
            description = "Text files, or directories of them; every file is a document.")
    private List<Path> text;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Where the model is to be.")
    private Path out;

    @Option(
            names = "--tokenizer",
            paramLabel = "FILE",
            description =
                    "What reads the text: a tokenizer.json, or \"byte\" (default: bytes; with --init, that model's).")
    private String tokenizer;

    @Option(names = "--init", paramLabel = "DIR", description = "Begin with the weights of this model.")
    private Path init;

    @Option(
            names = "--resume",
            description = "Go on with the training in --out where it was last saved. What is not given is as before.")
    private boolean resume;

    @Option(
            names = "--dtype",
            paramLabel = "float32|float64",
            description = "Precision of everything; float64 is slow (default: float32).")
    private Precision precision;

    @Option(
            names = "--kernel",
            paramLabel = "NAME",
            description = "What computes: reference, or a fused kernel (default: the fastest that there is).")
    private String kernel = Execution.AUTO;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        PrintWriter words = spec.commandLine().getOut();
        Optional<Trainer.Saved> saved = resume ? saved(words) : Optional.empty();
        Tokenizer tokenizer = tokenizer(saved);
        TrainingTask task = task(saved, tokenizer, TextCorpus.read(tokenizer, text));
        TrainingProgress progress =
                new TrainingProgress(task, words, spec.commandLine().getErr());
        try (Trainer trainer = trainer(saved, task, progress)) {
            progress.describe(trainer, common.threads());
            new Training(trainer, out).run(common.jsonFile(), progress);
        }
        return 0;
    }

    /** A training that was killed before it saved anything has lost nothing: it begins. */
    private Optional<Trainer.Saved> saved(PrintWriter words) {
        if (!Files.isDirectory(out)) {
            throw TttException.mismatch("--resume, " + out, "the directory of a training", "none");
        }
        Optional<Trainer.Saved> saved = Trainer.saved(out);
        if (saved.isEmpty()) {
            words.println("nothing has been saved in " + out + " yet: beginning");
        }
        return saved;
    }

    private Tokenizer tokenizer(Optional<Trainer.Saved> saved) {
        if (tokenizer != null) {
            return Tokenizers.of(tokenizer);
        }
        if (saved.isPresent()) {
            return TokenizerFiles.saved(
                    out, saved.get().tokenizer(), saved.get().config());
        }
        return init == null ? new ByteTokenizer() : Checkpoint.open(init).tokenizer();
    }

    private TrainingTask task(Optional<Trainer.Saved> saved, Tokenizer tokenizer, TextCorpus corpus) {
        if (saved.isPresent()) {
            ModelConfig config = model.over(saved.get().config());
            return new TrainingTask(
                    config, tokenizer, corpus, plan.over(saved.get().plan(), config, common.givenSeed()));
        }
        ModelConfig config = init == null
                ? model.fresh(tokenizer)
                : TokenizerFiles.configured(model.over(Checkpoint.open(init).config()), tokenizer);
        return new TrainingTask(config, tokenizer, corpus, plan.fresh(config, common.givenSeed()));
    }

    private Trainer trainer(Optional<Trainer.Saved> saved, TrainingTask task, TrainingProgress progress) {
        DataType before = saved.map(Trainer.Saved::dataType).orElse(DataType.FLOAT);
        DataType type = precision == null ? before : precision.dataType();
        Execution execution = new Execution(kernel, type, InnerForm.DUAL, common.threads());
        if (saved.isPresent()) {
            return Trainer.resume(task, execution, out, progress);
        }
        if (init == null) {
            return Trainer.start(task, execution, out, progress);
        }
        return Trainer.start(task, Checkpoint.open(init).load(task.config(), execution), out, progress);
    }
}
