package org.ttt4j.host;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.ttt4j.inner.InnerModel;
import org.ttt4j.inner.InnerWeight;
import org.ttt4j.inner.LinearModel;
import org.ttt4j.inner.MlpModel;
import org.ttt4j.layer.LayerConfig;
import org.ttt4j.layer.LayerConfig.Feature;
import org.ttt4j.layer.LayerGradients;
import org.ttt4j.layer.LayerSession;
import org.ttt4j.layer.TTTLayer;
import org.ttt4j.ops.Executor;
import org.ttt4j.ops.SequenceState;
import org.ttt4j.ops.State.Form;
import org.ttt4j.param.Init;
import org.ttt4j.param.WeightSource;
import org.ttt4j.reference.InnerForm;
import org.ttt4j.reference.Nd4jOps;
import org.ttt4j.tensor.Tensors;
import org.ttt4j.tensor.TttException;

/** Whole TTT layers on the fused executor: against the reference, cut into chunks, saved and restored. */
class HostLayerTest {

    private static final Set<Feature> MAMBA = Set.of(Feature.GATE, Feature.SHARED_QK);

    /** Every parameter away from its special start: no ones, no zeros, and a negative position factor. */
    private static final WeightSource WEIGHTS = p -> {
        int count = (int) p.count();
        float[] values = p.init().values(p.key(), 1, count);
        float[] noise = Init.normal(0.15).values(p.key(), 2, count);
        for (int i = 0; i < count; i++) {
            values[i] += p.key().equals("learnable_token_idx") && i == 2 ? -1 : noise[i];
        }
        return Tensors.of(values, p.shape());
    };

    private static TTTLayer layer(InnerModel model, int heads, int headSize, int miniBatch, Set<Feature> features) {
        LayerConfig config = LayerConfig.of(heads * headSize, heads)
                .withMiniBatch(miniBatch)
                .withBaseRate(0.5)
                .withFeatures(features);
        return new TTTLayer("", config.withModel(model));
    }

    private static LayerSession<HostArray> fused(TTTLayer layer, int threads) {
        return LayerSession.of(layer, new HostOps(layer.params(), WEIGHTS, threads, "scalar"));
    }

    private static LayerSession<INDArray> reference(TTTLayer layer, DataType type) {
        return LayerSession.of(layer, new Nd4jOps(type, InnerForm.DUAL, layer.params(), WEIGHTS));
    }

    /** What three chunks give: outputs of real tokens, gradients, the state in the end. */
    private static Map<String, double[]> run(LayerSession<?> session, int channels, float padding) {
        Random random = new Random(5);
        SequenceState state = session.newState(3);
        Map<String, double[]> results = new HashMap<>();
        int[][] chunks = {{7, 3, 0}, {9, 0, 21}, {1, 4, 2}};
        for (int c = 0; c < chunks.length; c++) {
            int columns = Arrays.stream(chunks[c]).max().orElseThrow() + 1;
            INDArray x = padded(Twin.gaussian(random, 1, 3, columns, channels), chunks[c], padding);
            INDArray dy = padded(Twin.gaussian(random, 1, 3, columns, channels), chunks[c], 0);
            var recording = session.record(x, state, chunks[c]);
            results.put(c + " y", Tensors.toDoubles(padded(recording.output(), chunks[c], 0)));
            LayerGradients d = recording.backward(dy);
            results.put(c + " dx", Tensors.toDoubles(padded(d.input(), chunks[c], 0)));
            for (Map.Entry<String, INDArray> g : d.params().entrySet()) {
                results.put(c + " " + g.getKey(), Tensors.toDoubles(g.getValue()));
            }
        }
        state.save(Form.EXACT).forEach((name, x) -> results.put(name, Tensors.toDoubles(x)));
        state.save(Form.CACHE).forEach((name, x) -> results.put(name, Tensors.toDoubles(x)));
        return results;
    }

    private static INDArray padded(INDArray x, int[] lengths, float value) {
        for (int b = 0; b < lengths.length; b++) {
            for (int t = lengths[b]; t < x.size(1); t++) {
                for (int c = 0; c < x.size(2); c++) {
                    x.putScalar(b, t, c, value);
                }
            }
        }
        return x;
    }

    @ParameterizedTest
    @CsvSource({
        "linear, 1, 10, 16, false",
        "linear, 3, 6, 4, true",
        "linear, 3, 8, 40, false",
        "mlp, 3, 6, 5, true",
        "mlp, 1, 12, 1, false",
        "mlp, 2, 4, 40, true"
    })
    void agreesWithTheReference(String model, int heads, int headSize, int miniBatch, boolean mamba) {
        InnerModel inner = model.equals("mlp") ? new MlpModel() : new LinearModel();
        TTTLayer layer = layer(inner, heads, headSize, miniBatch, mamba ? MAMBA : Set.of());
        int channels = heads * headSize;
        Map<String, double[]> expected;
        try (LayerSession<INDArray> session = reference(layer, DataType.DOUBLE)) {
            expected = run(session, channels, 0);
        }
        Map<String, double[]> one;
        Map<String, double[]> three;
        try (LayerSession<HostArray> session = fused(layer, 1)) {
            one = run(session, channels, 0);
        }
        try (LayerSession<HostArray> session = fused(layer, 3)) {
            three = run(session, channels, 1e3f);
        }
        assertEquals(expected.keySet(), one.keySet());
        expected.forEach((name, x) -> {
            double limit =
                    name.endsWith(" y") || name.contains(".") && !name.contains(" ") ? Twin.FORWARD : Twin.GRADIENT;
            double error = Twin.error(x, one.get(name));
            assertTrue(error <= limit, name + ": " + error);
        });
        one.forEach((name, x) -> assertArrayEquals(x, three.get(name), name));
    }

    /** The same tokens give the same outputs, however they are cut into chunks. */
    @ParameterizedTest
    @CsvSource({"linear, 4", "linear, 40", "mlp, 16"})
    void splitLaw(String model, int miniBatch) {
        InnerModel inner = model.equals("mlp") ? new MlpModel() : new LinearModel();
        TTTLayer layer = layer(inner, 2, 6, miniBatch, MAMBA);
        INDArray x = Twin.gaussian(new Random(6), 1, 2, 23, 12);
        try (LayerSession<HostArray> session = fused(layer, 2)) {
            double[] whole = Tensors.toDoubles(session.forward(x, session.newState(2)));
            for (int cut : new int[] {1, 3, 4, 5, 16, 22}) {
                SequenceState state = session.newState(2);
                INDArray first = session.forward(columns(x, 0, cut), state);
                INDArray second = session.forward(columns(x, cut, 23), state);
                assertTrue(Twin.error(part(whole, 0, cut), Tensors.toDoubles(first)) < 1e-6, "before " + cut);
                assertTrue(Twin.error(part(whole, cut, 23), Tensors.toDoubles(second)) < 1e-6, "after " + cut);
            }
        }
    }

    private static INDArray columns(INDArray x, int from, int to) {
        return Tensors.of(part(Tensors.toDoubles(x), from, to), x.size(0), to - from, x.size(2));
    }

    /** Columns of a [2, 23, 12] array. */
    private static double[] part(double[] x, int from, int to) {
        double[] y = new double[2 * (to - from) * 12];
        for (int b = 0; b < 2; b++) {
            System.arraycopy(x, (b * 23 + from) * 12, y, b * (to - from) * 12, (to - from) * 12);
        }
        return y;
    }

    /** A state moves between executors and precisions, and comes back to the same bits. */
    @ParameterizedTest
    @EnumSource(Form.class)
    void statesMove(Form form) {
        for (int miniBatch : new int[] {4, 40}) {
            TTTLayer layer = layer(new MlpModel(), 2, 6, miniBatch, MAMBA);
            Random random = new Random(8);
            INDArray past = Twin.gaussian(random, 1, 2, 19, 12);
            INDArray next = Twin.gaussian(random, 1, 2, 5, 12);
            try (LayerSession<HostArray> session = fused(layer, 2);
                    LayerSession<INDArray> twin = reference(layer, DataType.DOUBLE)) {
                SequenceState state = session.newState(2);
                session.forward(past, state, 19, 7);
                SequenceState there = twin.newState(2);
                there.restore(form, state.save(form));
                SequenceState back = session.newState(2);
                back.restore(form, there.save(form));
                state.save(Form.EXACT).forEach((name, x) -> {
                    if (form == Form.EXACT) {
                        assertArrayEquals(
                                Tensors.toDoubles(x),
                                Tensors.toDoubles(back.save(Form.EXACT).get(name)),
                                name);
                    }
                });
                double[] expected = Tensors.toDoubles(twin.forward(next, there));
                assertTrue(Twin.error(expected, Tensors.toDoubles(session.forward(next, back))) < Twin.FORWARD);
                assertTrue(Twin.error(expected, Tensors.toDoubles(session.forward(next, state))) < Twin.FORWARD);
            }
        }
    }

    @Test
    void statesBranch() {
        TTTLayer layer = layer(new LinearModel(), 3, 6, 4, MAMBA);
        INDArray past = Twin.gaussian(new Random(9), 1, 2, 6, 18);
        INDArray next = Twin.gaussian(new Random(10), 1, 2, 3, 18);
        try (LayerSession<HostArray> session = fused(layer, 1)) {
            SequenceState state = session.newState(2);
            session.forward(past, state, 6, 2);
            SequenceState copy = state.copy();
            SequenceState turned = state.select(1, 0, 1);
            double[] y = Tensors.toDoubles(session.forward(next, state));
            assertArrayEquals(y, Tensors.toDoubles(session.forward(next, copy)));
            INDArray three = Tensors.of(new double[3 * 3 * 18], 3, 3, 18);
            for (int i = 0; i < 3; i++) {
                three.slice(i).assign(next.slice((i + 1) % 2));
            }
            double[] selected = Tensors.toDoubles(session.forward(three, turned));
            int n = y.length / 2;
            sameSequence(y, 1, selected, 0, n);
            sameSequence(y, 0, selected, 1, n);
            sameSequence(y, 1, selected, 2, n);
            state.reset(0);
            double[] again = Tensors.toDoubles(session.forward(next, state));
            double[] start = Tensors.toDoubles(session.forward(next, session.newState(2)));
            sameSequence(start, 0, again, 0, n);
        }
    }

    /** To rounding: BLAS may sum the rows of a matrix of another height in another order. */
    private static void sameSequence(double[] x, int i, double[] y, int j, int n) {
        double error = Twin.error(Arrays.copyOfRange(x, i * n, (i + 1) * n), Arrays.copyOfRange(y, j * n, (j + 1) * n));
        assertTrue(error < 1e-6, i + " and " + j + ": " + error);
    }

    @Test
    void badStatesAreRefused() {
        TTTLayer layer = layer(new LinearModel(), 3, 6, 4, MAMBA);
        try (LayerSession<HostArray> session = fused(layer, 1)) {
            SequenceState state = session.newState(2);
            Map<String, INDArray> saved = state.save(Form.EXACT);
            for (String name : saved.keySet()) {
                Map<String, INDArray> wrong = new HashMap<>(saved);
                wrong.put(name, Tensors.of(new float[15], 3, 5));
                assertThrows(TttException.class, () -> state.restore(Form.EXACT, wrong), name);
                wrong.remove(name);
                assertThrows(TttException.class, () -> state.restore(Form.EXACT, wrong), name);
            }
            state.restore(Form.EXACT, saved);
        }
    }

    /** An inner model that the fused kernels do not know. */
    private record Scaled(LinearModel of) implements InnerModel {

        @Override
        public String name() {
            return "scaled";
        }

        @Override
        public List<InnerWeight> weights(int D) {
            return of.weights(D);
        }

        @Override
        public INDArray predict(List<INDArray> W, INDArray x) {
            return of.predict(W, x).mul(2);
        }

        @Override
        public List<INDArray> gradient(List<INDArray> W, INDArray x, INDArray cotangent) {
            return of.gradient(W, x, cotangent.mul(2));
        }
    }

    @Test
    void runsUsersInnerModels() {
        TTTLayer layer = layer(new Scaled(new LinearModel()), 2, 6, 4, Set.of());
        INDArray x = Twin.gaussian(new Random(11), 1, 2, 9, 12);
        try (LayerSession<HostArray> session = fused(layer, 1);
                LayerSession<INDArray> twin = reference(layer, DataType.DOUBLE)) {
            double[] expected = Tensors.toDoubles(twin.forward(x, twin.newState(2), 9, 5));
            double[] actual = Tensors.toDoubles(session.forward(x, session.newState(2), 9, 5));
            int real = (9 + 5) * 12;
            assertTrue(Twin.error(Arrays.copyOf(expected, real), Arrays.copyOf(actual, real)) < Twin.FORWARD);
            assertThrows(TttException.class, () -> session.record(x, session.newState(2)));
        }
    }

    /** Weights that were changed in place are seen by every later call. */
    @Test
    void weightsChange() {
        TTTLayer layer = layer(new LinearModel(), 3, 6, 4, Set.of());
        INDArray x = Twin.gaussian(new Random(12), 1, 2, 9, 18);
        Executor<HostArray> executor = new HostOps(layer.params(), WEIGHTS, 1, "scalar");
        try (LayerSession<HostArray> session = LayerSession.of(layer, executor)) {
            session.forward(x, session.newState(2));
            layer.params().forEach(p -> {
                float[] w = executor.weight(p).data();
                for (int i = 0; i < w.length; i++) {
                    w[i] *= 1.5f;
                }
            });
            executor.weightsChanged();
            double[] changed = Tensors.toDoubles(session.forward(x, session.newState(2)));
            WeightSource scaled = p -> executor.value(p);
            try (LayerSession<HostArray> fresh =
                    LayerSession.of(layer, new HostOps(layer.params(), scaled, 1, "scalar"))) {
                assertArrayEquals(changed, Tensors.toDoubles(fresh.forward(x, fresh.newState(2))));
            }
        }
    }
}
