package org.ttt4j.host;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.ttt4j.kernel.InnerKernels;
import org.ttt4j.ops.Executor;
import org.ttt4j.ops.Gradients;
import org.ttt4j.ops.Ops;
import org.ttt4j.ops.Tape;
import org.ttt4j.ops.Var;
import org.ttt4j.param.Init;
import org.ttt4j.param.Param;
import org.ttt4j.param.WeightSource;
import org.ttt4j.reference.InnerForm;
import org.ttt4j.reference.Nd4jOps;
import org.ttt4j.tensor.Tensors;

/**
 * The same operations on the fused executor, with one and with three threads, and on the reference in float64: forward, and
 * backward from a random cotangent.
 */
final class Twin {

    static final double FORWARD = 5e-6;
    static final double GRADIENT = 5e-5;

    /** Operations under test; gradients flow back from the last of the outputs. */
    interface Body {
        <A> List<A> run(Ops<A> ops, List<A> inputs);
    }

    /** Everything that came out, by name, in float64. */
    private record Result(Map<String, double[]> outputs, Map<String, double[]> gradients) {}

    private final List<Param> params;
    private final List<INDArray> inputs = new ArrayList<>();
    private final Random random;
    private int[] lengths;

    Twin(long seed, Param... params) {
        this.params = List.of(params);
        random = new Random(seed);
    }

    static Param param(String key, long... shape) {
        return new Param(key, Init.normal(0.5), shape);
    }

    Twin input(long... shape) {
        return input(1.0, shape);
    }

    Twin input(double scale, long... shape) {
        inputs.add(gaussian(random, scale, shape));
        return this;
    }

    /** Columns beyond a sequence's length are padding: not compared, and with no cotangent. */
    Twin lengths(int... realTokens) {
        lengths = realTokens;
        return this;
    }

    /** Values that are exact in float32. */
    static INDArray gaussian(Random random, double scale, long... shape) {
        double[] values = new double[(int) Tensors.count(shape)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (scale * random.nextGaussian());
        }
        return Tensors.of(values, shape);
    }

    void check(Body body) {
        Result expected;
        try (Nd4jOps reference = new Nd4jOps(DataType.DOUBLE, InnerForm.DUAL, params, WeightSource.init(3))) {
            expected = run(reference, body);
        }
        for (String kernel : InnerKernels.names()) {
            Result one = fused(kernel, 1, body);
            Result three = fused(kernel, 3, body);
            compare(expected.outputs, one.outputs, FORWARD);
            compare(expected.gradients, one.gradients, GRADIENT);
            one.outputs.forEach((name, x) -> assertArrayEquals(x, three.outputs.get(name), name));
            one.gradients.forEach((name, x) -> assertArrayEquals(x, three.gradients.get(name), name));
        }
    }

    /** Runs twice, so that the second run works in memory that the first has left. */
    private Result fused(String kernel, int threads, Body body) {
        try (HostOps ops = new HostOps(params, WeightSource.init(3), threads, kernel)) {
            Result first = ops.scope(() -> run(ops, body));
            Result second = ops.scope(() -> run(ops, body));
            first.outputs.forEach((name, x) -> assertArrayEquals(x, second.outputs.get(name), name));
            first.gradients.forEach((name, x) -> assertArrayEquals(x, second.gradients.get(name), name));
            return second;
        }
    }

    private <A> Result run(Executor<A> executor, Body body) {
        Gradients<A> gradients = new Gradients<>(p -> executor.zeros(p.shape()), p -> true);
        Tape<A> tape = new Tape<>(executor, gradients, 2);
        List<Var<A>> xs = inputs.stream().map(tape::in).toList();
        List<Var<A>> ys = body.run(tape, xs);
        Result result = new Result(new TreeMap<>(), new TreeMap<>());
        for (int i = 0; i < ys.size(); i++) {
            result.outputs.put(
                    "output " + i,
                    Tensors.toDoubles(unpadded(executor.out(ys.get(i).value()))));
        }
        Var<A> last = ys.get(ys.size() - 1);
        long[] shape = executor.out(last.value()).shape();
        tape.backward(last, executor.in(unpadded(gaussian(new Random(7), 1, shape))));
        for (int i = 0; i < xs.size(); i++) {
            if (xs.get(i).gradient() != null) {
                result.gradients.put(
                        "input " + i, Tensors.toDoubles(executor.out(xs.get(i).gradient())));
            }
        }
        gradients.all().forEach((p, g) -> result.gradients.put(p.key(), Tensors.toDoubles(executor.out(g))));
        return result;
    }

    private INDArray unpadded(INDArray x) {
        for (int b = 0; lengths != null && x.size(1) > 1 && b < lengths.length; b++) {
            for (int t = lengths[b]; t < x.size(1); t++) {
                x.slice(b).slice(t).assign(0);
            }
        }
        return x;
    }

    private static void compare(Map<String, double[]> expected, Map<String, double[]> actual, double limit) {
        assertEquals(expected.keySet(), actual.keySet());
        expected.forEach((name, x) -> assertTrue(
                error(x, actual.get(name)) <= limit, () -> name + ": " + error(x, actual.get(name)) + " > " + limit));
    }

    /** The largest difference beside the largest entry. */
    static double error(double[] expected, double[] actual) {
        assertEquals(expected.length, actual.length);
        double largest = 0;
        double difference = 0;
        for (int i = 0; i < expected.length; i++) {
            assertTrue(Double.isFinite(actual[i]), "not a number");
            largest = Math.max(largest, Math.abs(expected[i]));
            difference = Math.max(difference, Math.abs(expected[i] - actual[i]));
        }
        return largest == 0 ? difference : difference / largest;
    }
}
