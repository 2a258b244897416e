package org.ttt4j.bench;

import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.ttt4j.lm.LanguageModel;
import org.ttt4j.ops.Gradients;
import org.ttt4j.ops.SequenceState;

/**
 * Time of a training step on sequences of {@link #context} tokens, in milliseconds: forward, the loss of every token, backward,
 * gradients of all weights added to those of the step before.
 *
 * <p>It does not measure the optimiser's step, reading text, making an empty state. Tokens and targets are random.
 *
 * <p>Run {@code OMP_NUM_THREADS=1 java -jar ttt-bench/target/benchmarks.jar TrainStep -p mixer=TTT_LINEAR,ATTENTION}, or
 * {@code ./ttt bench --test train}. Only float32 weights can be trained.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(
        value = 2,
        jvmArgsAppend = {
            "--add-modules=jdk.incubator.vector",
            "-XX:MaxRAMPercentage=60",
            "-XX:+UseParallelGC",
            "-XX:MaxNewSize=128m"
        })
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class TrainStepBenchmark {

    @Param({"512", "2048"})
    public int context;

    private DoubleSupplier step;
    private SequenceState state;

    @Setup(Level.Trial)
    public void prepare(BenchModel model) {
        long tokens = (long) model.batch * context;
        long activations = model.batch * model.config().activationFloats(context);
        long logits = 2 * tokens * model.config().vocabSize();
        long gradients = model.config().parameterCount();
        model.requireHeap("a step of " + tokens + " tokens", (activations + logits + gradients) * Float.BYTES);
        step = step(model.model(), model.ids(context), model.ids(context));
    }

    private <A> DoubleSupplier step(LanguageModel<A> model, int[][] ids, int[][] targets) {
        Gradients<A> gradients = new Gradients<>(p -> model.executor().zeros(p.shape()), p -> true);
        double scale = 1.0 / ids.length / ids[0].length;
        return () -> model.addGradients(ids, targets, model.begin(ids, state), gradients, scale);
    }

    @Setup(Level.Invocation)
    public void begin(BenchModel model) {
        state = model.model().newState(model.batch);
    }

    /** The sum of all losses. */
    @Benchmark
    public double train() {
        return step.getAsDouble();
    }
}
