package org.ttt4j.bench;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
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
import org.ttt4j.kernel.FastWeights;
import org.ttt4j.kernel.FusedInnerLoop;
import org.ttt4j.kernel.InnerBuffers;
import org.ttt4j.kernel.InnerChunk;
import org.ttt4j.kernel.InnerGradients;
import org.ttt4j.kernel.InnerKernels;
import org.ttt4j.kernel.InnerShape;
import org.ttt4j.kernel.InnerTrace;
import org.ttt4j.kernel.InnerWeights;
import org.ttt4j.kernel.Workers;

/**
 * Time of the fused inner loop, all heads of one layer for one sequence, in microseconds per mini-batch of K = 16 tokens
 * ({@link #forward}, {@link #training}) or per token ({@link #decode}).
 *
 * <p>It measures the inner loop alone: the arithmetic of the inner model, its LayerNorm and its steps, reading tokens from
 * and writing them to flat arrays, the work's distribution over threads, and once per call the reset of the state. It does
 * not measure projections, convolution, rotary embedding, the output's norm or the gate, nor anything of ND4J.
 *
 * <p>Run {@code java -jar ttt-bench/target/benchmarks.jar InnerLoopKernel}; other sizes with, for example,
 * {@code -p kind=LINEAR -p headSize=96 -p heads=16 -p threads=2}; the cost of garbage with {@code -prof gc}. JMH starts
 * fresh JVMs, so a comparison of JDKs is one run per {@code java}. Leave the machine alone meanwhile: with more threads
 * than idle cores the figures mean nothing.
 *
 * <p>The trap it avoids: state carried from call to call wanders as random tokens teach it, until its values overflow or
 * become denormal, which is slow. Every call begins with the learned weights.
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

    @Param({"vector", "scalar"})
    public String kernel;

    @Param({"LINEAR", "MLP"})
    public InnerShape.Kind kind;

    @Param("12")
    public int heads;

    @Param("64")
    public int headSize;

    @Param("1")
    public int threads;

    private final Random random = new Random(1);
    private Workers workers;
    private FusedInnerLoop loop;
    private InnerWeights weights;
    private FastWeights start;
    private InnerBuffers state;
    private InnerChunk chunk;
    private InnerChunk[] tokens;
    private float[] out;
    private float[] outOfToken;
    private float[] dOut;
    private InnerGradients gradients;

    @Setup
    public void prepare() {
        InnerShape shape = kind == InnerShape.Kind.LINEAR
                ? InnerShape.linear(heads, headSize, K)
                : InnerShape.mlp(heads, headSize, K);
        workers = new Workers(threads);
        loop = new FusedInnerLoop(InnerKernels.named(kernel), shape, workers);
        int C = shape.channels();
        weights = new InnerWeights(filled(C, 1, 0), new float[C], positionFactors());
        FastWeights zeros = FastWeights.zeros(shape);
        start = new FastWeights(
                filled(zeros.W1().length, 0, 0.02), zeros.b1(), filled(zeros.W2().length, 0, 0.02), zeros.b2());
        state = new InnerBuffers(shape, 1);
        chunk = chunk(0, K * N, C);
        tokens = new InnerChunk[K];
        for (int t = 0; t < K; t++) {
            tokens[t] = chunk(t, 1, C);
        }
        out = new float[K * N * C];
        outOfToken = new float[C];
        dOut = filled(K * N * C, 0, 1);
        gradients = new InnerGradients(
                new float[K * N * C],
                new float[K * N * C],
                new float[K * N * C],
                new float[K * N * heads],
                new float[C],
                new float[C],
                new float[K],
                FastWeights.zeros(shape));
    }

    @TearDown
    public void end() {
        workers.close();
    }

    /** A long text in one chunk, as in evaluation or the first pass over a prompt. */
    @Benchmark
    @OperationsPerInvocation(N)
    public float[] forward() {
        state.reset(0, start);
        loop.forward(weights, state, chunk, out);
        return out;
    }

    /** The same and back: all gradients, with the state recomputed from checkpoints. */
    @Benchmark
    @OperationsPerInvocation(N)
    public InnerGradients training() {
        state.reset(0, start);
        InnerTrace trace = loop.trace(weights, state, chunk, out, 0);
        loop.backward(trace, dOut, gradients);
        return gradients;
    }

    /** One token at a time, as in generation, over one mini-batch. */
    @Benchmark
    @OperationsPerInvocation(K)
    public float[] decode() {
        state.reset(0, start);
        for (InnerChunk token : tokens) {
            loop.forward(weights, state, token, outOfToken);
        }
        return outOfToken;
    }

    private InnerChunk chunk(int position, int L, int C) {
        return new InnerChunk(
                filled(L * C, 0, 1),
                filled(L * C, 0, 1),
                filled(L * C, 0, 1),
                filled(L * heads, 0.5 / headSize, 0),
                new int[] {position},
                new int[] {L},
                L);
    }

    private static float[] positionFactors() {
        float[] a = new float[K];
        for (int j = 0; j < K; j++) {
            a[j] = 1f / (j + 1);
        }
        return a;
    }

    private float[] filled(int n, double mean, double deviation) {
        float[] x = new float[n];
        for (int i = 0; i < n; i++) {
            x[i] = (float) (mean + deviation * random.nextGaussian());
        }
        return x;
    }
}
