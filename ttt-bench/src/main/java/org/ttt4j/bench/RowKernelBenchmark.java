package org.ttt4j.bench;

import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.ttt4j.kernel.InnerKernels;
import org.ttt4j.rows.RowFunctions;

/**
 * Time of what stands around the products and the inner loop, on one thread, in microseconds for all rows of [rows, channels]:
 * norms, gates, convolution of width 4, rotary embedding, softmax. {@link #copy} is the yardstick: nothing that reads and writes
 * as much is faster.
 *
 * <p>Run {@code java -jar ttt-bench/target/benchmarks.jar RowKernel}; one token's time with {@code -p rows=1}. With
 * {@code -prof gc} it must show no garbage to speak of: the vectors' objects are what C2 makes of a loop that is too long for
 * it.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class RowKernelBenchmark {

    private static final int HEAD = 64;
    private static final int TAPS = 4;
    private static final double EPS = 1e-6;

    @Param({"vector", "scalar"})
    public String kernel;

    @Param("2048")
    public int rows;

    @Param("768")
    public int channels;

    private final Random random = new Random(1);
    private RowFunctions functions;
    private float[] x;
    private float[] y;
    private float[] d;
    private float[] out;
    private float[] out2;
    private float[] weight;
    private float[] bias;
    private float[] taps;
    private float[] sums;
    private float[] cos;
    private float[] sin;

    @Setup
    public void prepare() {
        functions = InnerKernels.named(kernel).vectorised() ? RowFunctions.vector() : RowFunctions.plain();
        int n = (rows + TAPS) * channels;
        x = gaussian(n);
        y = gaussian(n);
        d = gaussian(n);
        out = new float[n];
        out2 = new float[n];
        weight = gaussian(channels);
        bias = gaussian(channels);
        taps = gaussian(TAPS * channels);
        sums = new float[TAPS * channels];
        cos = gaussian(HEAD);
        sin = gaussian(HEAD);
    }

    private float[] gaussian(int n) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    @Benchmark
    public float[] copy() {
        System.arraycopy(x, 0, out, 0, rows * channels);
        return out;
    }

    @Benchmark
    public float[] add() {
        functions.linear().add(x, y, out, 0, rows * channels);
        return out;
    }

    @Benchmark
    public float[] rmsNorm() {
        functions.norms().rms(x, weight, EPS, out, 0, rows);
        return out;
    }

    @Benchmark
    public float[] rmsNormGradient() {
        float[] total = new float[channels];
        functions.norms().rmsGradient(x, weight, EPS, d, out, 0, rows, total);
        return total;
    }

    @Benchmark
    public float[] layerNorm() {
        functions.norms().layer(x, weight, bias, EPS, out, 0, rows);
        return out;
    }

    @Benchmark
    public float[] layerNormGradient() {
        float[] total = new float[2 * channels];
        functions.norms().layerGradient(x, weight, EPS, d, out, 0, rows, total);
        return total;
    }

    @Benchmark
    public float[] geluGate() {
        functions.gates().gelu(x, y, out, 0, rows * channels);
        return out;
    }

    @Benchmark
    public float[] geluGateGradient() {
        functions.gates().geluGradient(x, y, d, out, out2, 0, rows * channels);
        return out;
    }

    @Benchmark
    public float[] swiGlu() {
        functions.gates().swish(x, y, out, 0, rows * channels);
        return out;
    }

    @Benchmark
    public float[] swiGluGradient() {
        functions.gates().swishGradient(x, y, d, out, out2, 0, rows * channels);
        return out;
    }

    @Benchmark
    public float[] convolution() {
        functions.convolutions().slide(x, 0, taps, 0, TAPS, bias, 0, 0, out, 0, rows, channels);
        return out;
    }

    @Benchmark
    public float[] convolutionFilterGradient() {
        Arrays.fill(sums, 0);
        functions.convolutions().correlate(d, 0, x, 0, TAPS, sums, 0, rows, channels);
        return sums;
    }

    @Benchmark
    public float[] rope() {
        for (int r = 0; r < rows; r++) {
            functions.linear().turn(cos, sin, 0, 1, x, out, r * channels, channels / HEAD, HEAD);
        }
        return out;
    }

    @Benchmark
    public float[] softmax() {
        for (int at = 0; at < rows * channels; at += channels) {
            float max = functions.softmax().max(x, at, channels);
            double sum = functions.softmax().exp(x, at, channels, max, out);
            functions.softmax().scale(out, at, channels, (float) (1 / sum));
        }
        return out;
    }
}
