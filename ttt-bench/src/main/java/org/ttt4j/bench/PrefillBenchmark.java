package org.ttt4j.bench;

import java.util.concurrent.TimeUnit;
import org.nd4j.linalg.api.ndarray.INDArray;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.ttt4j.ops.SequenceState;

/**
 * Time to read a text of {@link #context} tokens from its start, in milliseconds for the whole text, with the logits of its
 * last token.
 *
 * <p>It measures everything that {@link org.ttt4j.lm.LanguageModel#next} does: embedding, all blocks, the head for one token of
 * each sequence. It does not measure making an empty state, loading weights, tokenizing, choosing a token. Weights and tokens
 * are random: what is computed does not depend on them.
 *
 * <p>Run {@code OMP_NUM_THREADS=1 java -jar ttt-bench/target/benchmarks.jar Prefill -p mixer=TTT_LINEAR -p context=512,2048}, or
 * {@code ./ttt bench}. At 32,768 tokens attention takes minutes a run.
 *
 * <p>The trap it avoids: a state that has read a text makes the next one longer; every call begins with a new state.
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
public class PrefillBenchmark {

    @Param({"512", "1024", "2048", "4096", "8192", "16384", "32768"})
    public int context;

    private int[][] ids;
    private SequenceState state;

    @Setup(Level.Trial)
    public void prepare(BenchModel model) {
        model.requireHeap(context + " tokens of context", model.stateBytes(context));
        ids = model.ids(context);
    }

    /** A call takes milliseconds at least: what JMH adds to measure it alone is nothing beside that. */
    @Setup(Level.Invocation)
    public void begin(BenchModel model) {
        state = model.model().newState(model.batch);
    }

    @Benchmark
    public INDArray prefill(BenchModel model) {
        return model.model().next(ids, state);
    }

    @TearDown(Level.Invocation)
    public void count(StateCounter counter) {
        counter.stateBytes = state.bytes();
    }
}
