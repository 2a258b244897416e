package org.ttt4j.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.ttt4j.ops.Chunk;
import org.ttt4j.ops.Gradients;
import org.ttt4j.ops.SequenceState;
import org.ttt4j.ops.Tape;
import org.ttt4j.ops.Var;
import org.ttt4j.param.Init;
import org.ttt4j.param.Param;
import org.ttt4j.tensor.Tensors;

/**
 * A case's gradients, for every input and every parameter, against central differences in float64 with random cotangents:
 * on ragged sequences that stand in the middle of a mini-batch.
 */
final class GradientCheck {

    static final int C = 8;
    static final int H = 2;
    /** Sequence 0 stands at position 3, sequence 1 at 0: only the latter reaches the learned start weights. */
    private static final int[] BEFORE = {3, 0};

    private static final int[] LENGTHS = {4, 6};
    private static final int L = 6;

    private GradientCheck() {}

    static Param param(String key, long... shape) {
        return new Param(key, Init.normal(0.5), shape);
    }

    static void matchesCentralDifferences(GradientCase body) {
        Random random = new Random(5);
        try (Nd4jOps ops =
                new Nd4jOps(DataType.DOUBLE, InnerForm.DUAL, body.params(), p -> normal(random, p.shape()))) {
            SequenceState start = SequenceState.create(ops, body.states(), 2);
            advance(ops, body, inputs(random, body), start);
            List<INDArray> x = inputs(random, body);

            Gradients<INDArray> gradients = new Gradients<>(p -> ops.zeros(p.shape()), p -> true);
            Tape<INDArray> tape = new Tape<>(ops, gradients, 1);
            List<Var<INDArray>> xs = x.stream().map(tape::in).toList();
            Var<INDArray> y = body.run(tape, xs, again(start));
            INDArray cotangent = normal(random, y.value().shape());
            tape.backward(y, cotangent);

            Map<String, INDArray> values = new LinkedHashMap<>();
            Map<String, INDArray> analytic = new LinkedHashMap<>();
            for (int i = 0; i < x.size(); i++) {
                values.put("input " + i, x.get(i));
                analytic.put("input " + i, xs.get(i).gradient());
            }
            for (Param p : body.params()) {
                values.put(p.key(), ops.weight(p));
                analytic.put(p.key(), gradients.of(p));
            }
            Value phi = () -> dot(body.run(ops, x, again(start)), cotangent);
            values.forEach((name, value) -> assertClose(name, analytic.get(name), value, random, body.entries(), phi));
        }
    }

    /** The chunk under test. The weights may have changed since: what stands at position 0 starts from them anew. */
    private static Chunk again(SequenceState start) {
        SequenceState state = start.copy();
        state.reset(1);
        return state.chunk(LENGTHS);
    }

    private static void advance(Nd4jOps ops, GradientCase body, List<INDArray> x, SequenceState state) {
        Chunk chunk = state.chunk(BEFORE);
        body.run(ops, x, chunk);
        chunk.finish();
    }

    private interface Value {
        double get();
    }

    /** Fourth-order central differences at some entries; at all of them where there are few. */
    private static void assertClose(String name, INDArray actual, INDArray x, Random random, int entries, Value phi) {
        assertTrue(actual != null, name + " got no gradient");
        assertEquals(Arrays.toString(x.shape()), Arrays.toString(actual.shape()), name);
        double h = 1e-5;
        double[] steps = {h, -h, 2 * h, -2 * h};
        INDArray flat = x.reshape(x.length());
        double[] gradient = Tensors.toDoubles(actual);
        double scale = Math.max(Arrays.stream(gradient).map(Math::abs).max().orElse(0), 1e-3);
        for (int n = 0; n < Math.min(entries, gradient.length); n++) {
            int i = entries >= gradient.length ? n : random.nextInt(gradient.length);
            double old = flat.getDouble(i);
            double[] at = new double[4];
            for (int s = 0; s < 4; s++) {
                flat.putScalar(i, old + steps[s]);
                at[s] = phi.get();
            }
            flat.putScalar(i, old);
            double expected = (8 * (at[0] - at[1]) - (at[2] - at[3])) / (12 * h);
            double error = Math.abs(gradient[i] - expected) / scale;
            assertTrue(error < 1e-7, name + " at " + i + ": relative error " + error);
        }
    }

    private static double dot(INDArray a, INDArray b) {
        return a.mul(b).sumNumber().doubleValue();
    }

    private static List<INDArray> inputs(Random random, GradientCase body) {
        List<INDArray> x = new ArrayList<>();
        for (int width : body.widths()) {
            x.add(normal(random, 2, L, width));
        }
        return x;
    }

    private static INDArray normal(Random random, long... shape) {
        return Tensors.of(
                random.doubles(Tensors.count(shape)).map(u -> 2 * u - 1).toArray(), shape);
    }
}
