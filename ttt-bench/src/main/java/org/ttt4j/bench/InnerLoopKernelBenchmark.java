package org.ttt4j.bench;

import java.util.concurrent.TimeUnit;
import org.nd4j.linalg.api.buffer.DataType;
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
import org.ttt4j.config.InnerKind;
import org.ttt4j.execution.Execution;
import org.ttt4j.layer.LayerConfig;
import org.ttt4j.layer.TTTLayer;
import org.ttt4j.reference.InnerForm;
import org.ttt4j.speed.RandomWeights;

/**
 * Time of the inner loop, all heads of one layer, in microseconds per mini-batch of K = 16 tokens of each sequence
 * ({@link #forward}, {@link #training}) or per token of each ({@link #decode}); by the vector kernel, the one on BLAS, the
 * scalar one, or the reference on ND4J's operations.
 *
 * <p>It measures the inner loop alone: the arithmetic of the inner model, its LayerNorm and its steps, reading tokens from
 * and writing them to arrays, the work's distribution over threads. It does not measure projections, convolution, rotary
 * embedding, the output's norm or the gate.
 *
 * <p>Run {@code java -jar ttt-bench/target/benchmarks.jar InnerLoopKernel}; other sizes with, for example,
 * {@code -p inner=LINEAR -p headSize=96 -p heads=16 -p threads=2}; the cost of garbage with {@code -prof gc}. JMH starts
 * fresh JVMs, so a comparison of JDKs is one run per {@code java}. Leave the machine alone meanwhile: with more threads
 * than idle cores the figures mean nothing.
 *
 * <p>The trap it avoids: state carried from call to call wanders as random tokens teach it, until its values overflow or
 * become denormal, which is slow. Every call begins with the learned weights; setting them is not measured.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 2, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class InnerLoopKernelBenchmark {

    private static final int K = 16;
    private static final int N = 16;

    @Param({"vector", "blas", "scalar", Execution.REFERENCE})
    public String kernel;

    @Param({"LINEAR", "MLP"})
    public InnerKind inner;

    @Param("12")
    public int heads;

    @Param("64")
    public int headSize;

    @Param("1")
    public int batch;

    @Param("1")
    public int threads;

    private InnerLoopRun<?> run;

    @Setup(Level.Trial)
    public void prepare() {
        LayerConfig config = LayerConfig.of(heads * headSize, heads).withMiniBatch(K);
        TTTLayer layer = inner == InnerKind.LINEAR ? TTTLayer.linear(config) : TTTLayer.mlp(config);
        int most = kernel.equals(Execution.REFERENCE) ? 1 : threads;
        Execution execution = new Execution(kernel, DataType.FLOAT, InnerForm.DUAL, most);
        run = new InnerLoopRun<>(execution.open(layer.params(), new RandomWeights(1)), layer.inner(), batch, K * N);
    }

    /** A call takes a tenth of a millisecond at least, a thousand times what JMH adds to measure it alone. */
    @Setup(Level.Invocation)
    public void begin() {
        run.begin();
    }

    @TearDown(Level.Trial)
    public void end() {
        run.close();
    }

    /** A long text in one chunk, as in evaluation or the first pass over a prompt. */
    @Benchmark
    @OperationsPerInvocation(N)
    public void forward(Blackhole outputs) {
        run.forward(outputs);
    }

    /** The same and back: all gradients, with the state recomputed from checkpoints. */
    @Benchmark
    @OperationsPerInvocation(N)
    public void training(Blackhole gradients) {
        run.training(gradients);
    }

    /** One token of each sequence at a time, as in generation, over one mini-batch. */
    @Benchmark
    @OperationsPerInvocation(K)
    public void decode(Blackhole outputs) {
        for (int t = 0; t < K; t++) {
            run.token(t, outputs);
        }
    }
}
