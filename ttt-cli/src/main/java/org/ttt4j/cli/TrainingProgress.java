package org.ttt4j.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.ttt4j.config.ModelConfig;
import org.ttt4j.train.MemoryEstimate;
import org.ttt4j.train.Report;
import org.ttt4j.train.Trainer;
import org.ttt4j.train.TrainingListener;
import org.ttt4j.train.TrainingPlan;
import org.ttt4j.train.TrainingTask;

/** Shows a training: a bar where somebody watches, a line for every report elsewhere. */
final class TrainingProgress implements TrainingListener, AutoCloseable {

    private static final double MIB = 1 << 20;
    private static final double NATS_PER_BIT = Math.log(2);

    private final TrainingTask task;
    private final PrintWriter out;
    private final PrintWriter err;
    private Progress bar;
    private Json json;

    TrainingProgress(TrainingTask task, PrintWriter out, PrintWriter err) {
        this.task = task;
        this.out = out;
        this.err = err;
    }

    /** What is about to happen. */
    void describe(Trainer trainer, int threads) {
        ModelConfig config = task.config();
        TrainingPlan plan = task.plan();
        long validation = Math.round(task.corpus().tokens().length() * plan.validationFraction());
        MemoryEstimate memory = trainer.memory();
        line(
                "model:  %s, %s backbone, %d layers, width %d, %,d parameters",
                config.mixer(), config.backboneName(), config.layers(), config.hiddenSize(), config.parameterCount());
        line(
                "text:   %,d tokens in %,d documents, the last %,d for validation",
                task.corpus().tokens().length(), task.corpus().documents(), validation);
        line(
                "plan:   %,d steps of %,d tokens, windows of %d, learning rate %s",
                plan.steps(),
                plan.tokensPerStep(),
                plan.context(),
                plan.optimization().schedule().peak());
        line("runs:   %s, %d threads", trainer.model().executor().description(), threads);
        line(
                "memory: about %,.0f MiB: weights %,.0f, gradients %,.0f, moments %,.0f, activations %,.0f",
                memory.total() / MIB,
                memory.weights() / MIB,
                memory.gradients() / MIB,
                memory.moments() / MIB,
                memory.activations() / MIB);
        if (memory.total() > Runtime.getRuntime().maxMemory()) {
            warning(String.format(
                    Locale.ROOT,
                    "this may not fit into the JVM's %,.0f MiB; a smaller --batch with --accumulate, "
                            + "or TTT_JAVA_OPTS=-Xmx%dg, helps",
                    Runtime.getRuntime().maxMemory() / MIB,
                    2 * memory.total() / (1 << 30) + 1));
        }
    }

    /** The bar begins; reports also go to the file. */
    void start(Trainer trainer, Json file) {
        json = file;
        bar = Progress.start("training", task.plan().steps() * task.plan().tokensPerStep(), " tokens");
        bar.step(trainer.step() * task.plan().tokensPerStep());
    }

    @Override
    public void step(long step, double loss) {
        bar.step(task.plan().tokensPerStep());
    }

    @Override
    public void report(Report r) {
        json.line(r);
        if (r.isDone()) {
            return;
        }
        String losses = String.format(
                Locale.ROOT,
                "loss %.4f%s",
                r.trainLoss(),
                r.validationLoss() == null ? "" : String.format(Locale.ROOT, "  val %.4f", r.validationLoss()));
        bar.note(losses);
        if (!Terminal.present()) {
            line(
                    "step %d/%d  %s  lr %.2e  norm %.3f  %,.0f tokens/s",
                    r.step(), task.plan().steps(), losses, r.learningRate(), r.gradientNorm(), r.tokensPerSecond());
        }
    }

    @Override
    public void warning(String words) {
        err.println("ttt: " + words);
        err.flush();
    }

    /** What has happened. */
    void finish(Trainer trainer, Optional<Report> done, Path directory) {
        close();
        if (done.isEmpty()) {
            line("stopped and saved at step %d: %s", trainer.step(), directory);
        } else if (done.get().validationLoss() == null) {
            line("done: %s", directory);
        } else {
            double loss = done.get().validationLoss();
            line("done: validation loss %.4f nats (%.4f bits) per token; %s", loss, loss / NATS_PER_BIT, directory);
        }
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }

    private void line(String format, Object... values) {
        out.println(String.format(Locale.ROOT, format, values));
        out.flush();
    }
}
