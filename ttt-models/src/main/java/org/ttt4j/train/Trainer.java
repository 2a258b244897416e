package org.ttt4j.train;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.nd4j.linalg.api.buffer.DataType;
import org.ttt4j.checkpoint.Checkpoint;
import org.ttt4j.checkpoint.Environment;
import org.ttt4j.checkpoint.TokenizerFiles;
import org.ttt4j.config.ModelConfig;
import org.ttt4j.data.TrainingWindows;
import org.ttt4j.execution.Execution;
import org.ttt4j.io.AtomicFiles;
import org.ttt4j.lm.CausalLM;
import org.ttt4j.lm.LanguageModel;
import org.ttt4j.param.WeightSource;
import org.ttt4j.tensor.TttException;

/**
 * Trains a language model in a directory, which holds afterwards, and after every save:
 *
 * <ul>
 *   <li>the {@link Checkpoint}, for users;
 *   <li>{@code trainer.safetensors}: all that the next step depends on, replaced at one moment;
 *   <li>{@code metrics.jsonl}: a {@link Report} a line.
 * </ul>
 *
 * <p>Killed at any moment, a training loses the steps since the last save and nothing else; continued, it computes the same
 * bits as one that was never stopped, on the same JDK, kernel and processor. How many threads compute does not matter.
 * Where the environment has changed, it is recorded and the listener is warned.
 */
public final class Trainer implements AutoCloseable {

    private static final double NANOS = 1e9;

    private final TrainingTask task;
    private final Learner<?> learner;
    private final TrainingFiles files;
    private final TrainingListener listener;
    private final TrainingWindows windows;
    private final Metrics metrics;
    private final List<TrainerFile.Span> environments = new ArrayList<>();
    private Progress progress;
    private long measuredTokens;
    private long measuredNanos;
    private volatile boolean stopped;

    /**
     * What a directory's training learns and how, for whoever wants to continue it.
     *
     * @param tokenizer its name
     * @param dataType FLOAT or DOUBLE
     */
    public record Saved(ModelConfig config, String tokenizer, TrainingPlan plan, DataType dataType) {}

    private Trainer(
            TrainingTask task,
            LanguageModel<?> model,
            TrainingFiles files,
            TrainingListener listener,
            Progress progress,
            Metrics metrics) {
        this.task = task;
        this.learner = new Learner<>(model, task.plan());
        this.files = files;
        this.listener = listener;
        this.windows = task.windows();
        this.progress = progress;
        this.metrics = metrics;
    }

    /**
     * Begins a training with the initial weights of the plan's seed.
     *
     * @param directory is created if it is missing
     * @throws TttException if the directory holds a training already
     */
    public static Trainer start(TrainingTask task, Execution execution, Path directory, TrainingListener listener) {
        new TrainingFiles(directory).prepare();
        WeightSource initial = WeightSource.init(task.plan().seed());
        LanguageModel<?> model = LanguageModel.open(CausalLM.of(task.config()), initial, execution);
        try {
            return start(task, model, directory, listener);
        } catch (RuntimeException | Error e) {
            model.close();
            throw e;
        }
    }

    /**
     * Begins a training with the weights of a model.
     *
     * @param model of the task's configuration; the trainer changes its weights, and closes it in the end. If beginning
     *     fails, it stays the caller's to close
     * @param directory is created if it is missing
     * @throws TttException if the directory holds a training already
     */
    public static Trainer start(TrainingTask task, LanguageModel<?> model, Path directory, TrainingListener listener) {
        TrainingFiles files = new TrainingFiles(directory);
        files.prepare();
        TokenizerFiles.prepare(directory, task.tokenizer()); // whatever is saved first, a training can go on
        Metrics metrics = Metrics.create(files.metrics());
        Trainer trainer = new Trainer(task, model, files, listener, Progress.START, metrics);
        trainer.enter(Environment.of(model.executor()));
        return trainer;
    }

    /** What the training in a directory learns; empty if none was saved there. */
    public static Optional<Saved> saved(Path directory) {
        return new TrainingFiles(directory).saved();
    }

    /**
     * Continues the training of a directory where it was last saved.
     *
     * @param task the same as before; only the plan's rhythm may differ
     * @param execution of the same precision as before
     * @throws TttException if nothing was saved there, or listing what differs
     */
    public static Trainer resume(TrainingTask task, Execution execution, Path directory, TrainingListener listener) {
        AtomicFiles.sweep(directory);
        TrainingFiles files = new TrainingFiles(directory);
        try (TrainerFile file = TrainerFile.open(files.trainer())) {
            file.requireIdentity(
                    TrainerFile.Identity.of(task, execution.dataType().name()));
            LanguageModel<?> model = LanguageModel.open(CausalLM.of(task.config()), file.weights(), execution);
            try {
                return resume(task, model, files, file, listener);
            } catch (RuntimeException | Error e) {
                model.close();
                throw e;
            }
        }
    }

    private static Trainer resume(
            TrainingTask task,
            LanguageModel<?> model,
            TrainingFiles files,
            TrainerFile file,
            TrainingListener listener) {
        TrainerFile.Facts facts = file.facts();
        Metrics metrics = Metrics.resume(files.metrics(), facts.progress().reportedStep());
        try {
            Trainer trainer = new Trainer(task, model, files, listener, facts.progress(), metrics);
            trainer.learner.restore(file);
            trainer.windows.seek(facts.cursor());
            trainer.environments.addAll(facts.environments());
            trainer.enter(Environment.of(model.executor()));
            return trainer;
        } catch (RuntimeException | Error e) {
            metrics.close();
            throw e;
        }
    }

    /** The file with a training's reports. */
    public static Path metricsFile(Path directory) {
        return new TrainingFiles(directory).metrics();
    }

    private void enter(Environment now) {
        Environment before = environments.isEmpty()
                ? null
                : environments.get(environments.size() - 1).environment();
        if (now.equals(before)) {
            return;
        }
        environments.add(new TrainerFile.Span(progress.step(), now));
        if (before != null) {
            listener.warning("the results from step " + progress.step()
                    + " on may differ in their last bits: this training ran on " + before + " and continues on " + now);
        }
    }

    /** What the training needs in memory, about. */
    public MemoryEstimate memory() {
        return MemoryEstimate.of(
                task.config(), task.plan(), learner.model().executor().dataType());
    }

    /** Steps taken so far. */
    public long step() {
        return progress.step();
    }

    /** The model in training. */
    public LanguageModel<?> model() {
        return learner.model();
    }

    /** Asks {@link #run} to save and return after the step that it is in; any thread may. */
    public void stop() {
        stopped = true;
    }

    /**
     * Trains up to the plan's last step.
     *
     * @return the last report; empty if {@link #stop} came first
     * @throws TttException if the loss or the gradient is not finite, naming the step; what was saved stays
     */
    public Optional<Report> run() {
        Rhythm rhythm = task.plan().rhythm();
        long saved = progress.step() == 0 ? -1 : progress.step();
        while (true) {
            reportIfDue();
            boolean last = progress.step() == task.plan().steps();
            if (progress.step() > saved && (rhythm.saves(progress.step()) || last || stopped)) {
                save();
                saved = progress.step();
            }
            if (stopped) {
                return Optional.empty();
            }
            if (last) {
                return Optional.of(done());
            }
            advance();
        }
    }

    private void advance() {
        long start = System.nanoTime();
        Learner.Outcome outcome = learner.step(windows, progress.step() + 1);
        progress = progress.stepped(outcome.loss(), outcome.gradientNorm());
        measuredNanos += System.nanoTime() - start;
        measuredTokens += task.plan().tokensPerStep();
        listener.step(progress.step(), outcome.loss());
    }

    private void reportIfDue() {
        long step = progress.step();
        Rhythm rhythm = task.plan().rhythm();
        boolean last = step == task.plan().steps();
        boolean evaluates =
                (rhythm.evaluates(step) || last) && task.validation().length() > 0;
        if (step == progress.reportedStep() || !(evaluates || rhythm.reports(step) || last)) {
            return;
        }
        Double validation = null;
        if (evaluates) {
            OptionalDouble loss = Validation.loss(
                    learner.model(), task.validation(), task.plan().context(), () -> stopped);
            if (loss.isEmpty()) {
                return; // stopped: this report is due first when the training goes on
            }
            validation = Learner.requireFinite("validation loss", loss.getAsDouble(), step);
        }
        Report report = new Report(
                null,
                step,
                step * task.plan().tokensPerStep(),
                progress.meanLoss(),
                validation,
                task.plan().optimization().schedule().at(step, task.plan().steps()),
                progress.gradientNorm(),
                measuredNanos == 0 ? 0 : measuredTokens * NANOS / measuredNanos);
        measuredTokens = 0;
        measuredNanos = 0;
        progress = progress.reported(report);
        tell(report);
    }

    private Report done() {
        Report done = progress.last().done();
        tell(done);
        return done;
    }

    private void tell(Report report) {
        metrics.add(report);
        listener.report(report);
    }

    private void save() {
        metrics.force();
        TrainerFile.Identity identity = TrainerFile.Identity.of(
                task, learner.model().executor().dataType().name());
        files.save(task, new TrainerFile.Facts(progress, windows.position(), identity, environments), learner);
        listener.saved(progress.step());
    }

    @Override
    public void close() {
        metrics.close();
        learner.close();
    }
}
