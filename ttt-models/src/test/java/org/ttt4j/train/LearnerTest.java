package org.ttt4j.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.ttt4j.config.InnerKind;
import org.ttt4j.config.TTTConfig;
import org.ttt4j.data.Batch;
import org.ttt4j.data.RandomWindows;
import org.ttt4j.data.SequentialWindows;
import org.ttt4j.data.Tokens;
import org.ttt4j.execution.Execution;
import org.ttt4j.lm.CausalLM;
import org.ttt4j.lm.LanguageModel;
import org.ttt4j.lm.LossGradients;
import org.ttt4j.param.Param;
import org.ttt4j.param.WeightSource;
import org.ttt4j.tensor.Tensors;
import org.ttt4j.tensor.TttException;

class LearnerTest {

    private static final Tokens TEXT = Small.TEXT.tokens();

    private static LanguageModel<?> model(TTTConfig config) {
        return LanguageModel.open(CausalLM.of(config), WeightSource.init(5), Execution.reference(DataType.DOUBLE));
    }

    private static Learner<?> learner(TrainingPlan plan) {
        return new Learner<>(model(Small.config(InnerKind.LINEAR)), plan);
    }

    private static Map<String, double[]> weights(LanguageModel<?> model) {
        Map<String, double[]> weights = new LinkedHashMap<>();
        model.lm().params().forEach(p -> weights.put(p.key(), Tensors.toDoubles(model.weight(p))));
        return weights;
    }

    private static double largestDifference(Map<String, double[]> a, Map<String, double[]> b) {
        double worst = 0;
        for (String key : a.keySet()) {
            for (int i = 0; i < a.get(key).length; i++) {
                worst = Math.max(worst, Math.abs(a.get(key)[i] - b.get(key)[i]));
            }
        }
        return worst;
    }

    @Test
    void accumulationEqualsOneBigBatch() {
        TrainingPlan big = TrainingPlan.of(3, 6, 5, 1e-2);
        TrainingPlan small = TrainingPlan.of(3, 2, 5, 1e-2).withAccumulation(3);
        try (Learner<?> one = learner(big);
                Learner<?> three = learner(small)) {
            RandomWindows first = new RandomWindows(TEXT, 6, 5, 1);
            RandomWindows second = new RandomWindows(TEXT, 2, 5, 1);
            for (int step = 1; step <= 3; step++) {
                Learner.Outcome a = one.step(first, step);
                Learner.Outcome b = three.step(second, step);
                assertEquals(a.loss(), b.loss(), 1e-10);
                assertEquals(a.gradientNorm(), b.gradientNorm(), 1e-10);
            }
            assertEquals(0, largestDifference(weights(one.model()), weights(three.model())), 1e-10);
        }
    }

    /** Two steps of AdamW with clipping and decay on matrices only, written out once more. */
    @Test
    void stepsAreThoseOfAdamW() {
        Optimization o = new Optimization(
                new Schedule(1e-2, 0, 0), 0.8, 0.9, 1e-8, 0.3, Decay.MATRICES, 0.05, List.of("model.norm.weight"));
        TrainingPlan plan = TrainingPlan.of(2, 2, 6, 1e-2).withOptimization(o);
        try (Learner<?> learner = learner(plan);
                LanguageModel<?> twin = model(Small.config(InnerKind.LINEAR))) {
            Map<String, double[]> m = new LinkedHashMap<>();
            Map<String, double[]> v = new LinkedHashMap<>();
            Map<String, double[]> w = weights(twin);
            for (int step = 1; step <= 2; step++) {
                RandomWindows windows = new RandomWindows(TEXT, 2, 6, step);
                Batch batch = new RandomWindows(TEXT, 2, 6, step).next();
                LanguageModel<?> now = step == 1 ? twin : with(w);
                LossGradients g = now.lossGradients(batch.inputs(), batch.targets(), now.newState(2));
                Map<String, INDArray> gradients = new LinkedHashMap<>(g.params());
                gradients.remove("model.norm.weight");
                double norm = Math.sqrt(gradients.values().stream()
                        .mapToDouble(x -> x.mul(x).sumNumber().doubleValue())
                        .sum());
                assertTrue(norm > o.clip());
                double rate = 1e-2 * (1 + Math.cos(Math.PI * step / 2)) / 2;
                for (Param p : now.lm().params()) {
                    if (gradients.containsKey(p.key())) {
                        double[] scaled =
                                Tensors.toDoubles(gradients.get(p.key()).mul(o.clip() / norm));
                        adamW(w.get(p.key()), scaled, m, v, p, rate, step);
                    }
                }
                Learner.Outcome outcome = learner.step(windows, step);
                assertEquals(g.loss(), outcome.loss(), 1e-12);
                assertEquals(norm, outcome.gradientNorm(), 1e-12);
                assertEquals(0, largestDifference(w, weights(learner.model())), 1e-12);
            }
        }
    }

    private static void adamW(
            double[] w,
            double[] g,
            Map<String, double[]> ms,
            Map<String, double[]> vs,
            Param p,
            double rate,
            int step) {
        double[] m = ms.computeIfAbsent(p.key(), key -> new double[w.length]);
        double[] v = vs.computeIfAbsent(p.key(), key -> new double[w.length]);
        for (int i = 0; i < w.length; i++) {
            m[i] = 0.8 * m[i] + 0.2 * g[i];
            v[i] = 0.9 * v[i] + 0.1 * g[i] * g[i];
            double mHat = m[i] / (1 - Math.pow(0.8, step));
            double vHat = v[i] / (1 - Math.pow(0.9, step));
            double decay = p.shape().length >= 2 ? 0.3 : 0;
            w[i] -= rate * (mHat / (Math.sqrt(vHat) + 1e-8) + decay * w[i]);
        }
    }

    private static LanguageModel<?> with(Map<String, double[]> weights) {
        return LanguageModel.open(
                CausalLM.of(Small.config(InnerKind.LINEAR)),
                p -> Tensors.of(weights.get(p.key()), p.shape()),
                Execution.reference(DataType.DOUBLE));
    }

    @Test
    void frozenParametersStay() {
        try (Learner<?> learner = learner(Small.plan(4).withOptimization(Small.frozen("model.embed*", "*.W1")))) {
            Map<String, double[]> before = weights(learner.model());
            learner.step(new RandomWindows(TEXT, 2, 6, 1), 1);
            Map<String, double[]> after = weights(learner.model());
            before.forEach((key, w) -> {
                boolean same = largestDifference(Map.of(key, w), after) == 0;
                assertEquals(key.startsWith("model.embed") || key.endsWith(".W1"), same, key);
            });
        }
    }

    /** With a learning rate of 0, carried windows are the parts of one long one. */
    @Test
    void theStateIsCarriedFromWindowToWindow() {
        Optimization still = Optimization.of(new Schedule(0, 0, 0));
        TrainingPlan plan = TrainingPlan.of(9, 2, 6, 1).withOptimization(still).withReading(Reading.CARRIED);
        try (Learner<?> learner = learner(plan)) {
            Tokens text = TEXT.slice(0, 41);
            SequentialWindows windows = new SequentialWindows(text, 2, 6); // streams of 20 tokens: 3 windows
            double[] losses = new double[6];
            for (int i = 0; i < losses.length; i++) {
                losses[i] = learner.step(windows, i + 1).loss();
            }
            int[][] ids = {text.copy(0, 18), text.copy(20, 18)};
            int[][] targets = {text.copy(1, 18), text.copy(21, 18)};
            LanguageModel<?> model = learner.model();
            double[] expected = Tensors.toDoubles(model.loss(ids, targets, model.newState(2)));
            for (int i = 0; i < 3; i++) {
                double sum = 0;
                for (int t = 0; t < 6; t++) {
                    sum += expected[6 * i + t] + expected[18 + 6 * i + t];
                }
                assertEquals(sum / 12, losses[i], 1e-12, "window " + i);
                assertEquals(losses[i], losses[i + 3], 1e-12, "all begin again");
            }
        }
    }

    @Test
    void theInnerRateWarmsUp() {
        TrainingPlan plan = TrainingPlan.of(9, 2, 6, 0).withInnerWarmup(new InnerWarmup(0.25, 8));
        for (int step : new int[] {1, 9}) {
            TTTConfig config = Small.config(InnerKind.LINEAR).with(Map.of("ttt_base_lr", step == 1 ? 0.25 : 1.0));
            try (Learner<?> learner = learner(plan);
                    LanguageModel<?> twin = model(config)) {
                Batch batch = new RandomWindows(TEXT, 2, 6, 1).next();
                double expected = twin.lossGradients(batch.inputs(), batch.targets(), twin.newState(2))
                        .loss();
                assertEquals(
                        expected,
                        learner.step(new RandomWindows(TEXT, 2, 6, 1), step).loss(),
                        1e-12);
            }
        }
    }

    @Test
    void whatIsNotFiniteStopsNamingTheStep() {
        LanguageModel<?> broken = LanguageModel.open(
                CausalLM.of(Small.config(InnerKind.MLP)),
                p -> p.key().equals("model.norm.weight")
                        ? Nd4j.valueArrayOf(p.shape(), Double.NaN, DataType.FLOAT)
                        : WeightSource.init(1).read(p),
                Execution.reference(DataType.FLOAT));
        try (Learner<?> learner = new Learner<>(broken, Small.plan(4))) {
            TttException e = assertThrows(TttException.class, () -> learner.step(new RandomWindows(TEXT, 2, 6, 1), 17));
            assertTrue(e.getMessage().startsWith("loss at step 17: expected a finite number"), e.getMessage());
        }
    }

    @Test
    void validationReadsEveryWindowOnce() {
        try (LanguageModel<?> model = model(Small.config(InnerKind.LINEAR))) {
            Tokens text = TEXT.slice(7, 52);
            double sum = 0;
            for (int from = 0; from < 44; from += 5) {
                int n = Math.min(5, 44 - from);
                for (double loss : Tensors.toDoubles(model.loss(
                        new int[][] {text.copy(from, n)}, new int[][] {text.copy(from + 1, n)}, model.newState(1)))) {
                    sum += loss;
                }
            }
            assertEquals(sum / 44, Validation.loss(model, text, 5, () -> false).getAsDouble(), 1e-12);
            assertEquals(OptionalDouble.empty(), Validation.loss(model, text, 5, () -> true));
        }
    }
}
