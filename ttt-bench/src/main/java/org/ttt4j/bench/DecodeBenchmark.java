package org.ttt4j.bench;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;
import org.ttt4j.ops.SequenceState;

/**
 * Time to write one token of each sequence after {@link #context} tokens, in milliseconds: the mean over {@value #TOKENS} tokens,
 * which is an inner mini-batch, so that every block holds one step of the inner weights.
 *
 * <p>It measures {@link org.ttt4j.lm.LanguageModel#next} for one token at a time, logits included. It does not measure reading
 * the context, copying the state, choosing a token. The context is not read: a cache of keys and values is filled with random
 * numbers of its size, other states come from reading 128 tokens. What is computed for a token does not depend on the values.
 *
 * <p>Run {@code OMP_NUM_THREADS=1 java -jar ttt-bench/target/benchmarks.jar Decode -p mixer=ATTENTION -p context=512,8192}, or
 * {@code ./ttt bench}. A context whose cache the heap cannot hold is an error of that one cell, and says how much it needs.
 *
 * <p>The trap it avoids: a text that goes on while it is measured grows, and a short one would soon be a long one. Every block
 * begins with a copy of the same state; copies of a cache share what is full.
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
public class DecodeBenchmark {

    /** The presets' inner mini-batch. */
    public static final int TOKENS = 16;

    @Param({"512", "2048", "8192", "32768", "131072"})
    public int context;

    private int[][][] ids;
    private SequenceState start;
    private SequenceState state;

    @Setup(Level.Trial)
    public void prepare(BenchModel model) {
        start = model.filled(context);
        ids = new int[TOKENS][][];
        for (int t = 0; t < TOKENS; t++) {
            ids[t] = model.ids(1);
        }
    }

    /** A block takes milliseconds: what JMH adds to measure it alone is nothing beside that. */
    @Setup(Level.Invocation)
    public void branch() {
        state = start.copy();
    }

    @Benchmark
    @OperationsPerInvocation(TOKENS)
    public void decode(BenchModel model, Blackhole logits) {
        for (int[][] token : ids) {
            logits.consume(model.model().next(token, state));
        }
    }

    @TearDown(Level.Invocation)
    public void count(StateCounter counter) {
        counter.stateBytes = state.bytes();
    }
}
