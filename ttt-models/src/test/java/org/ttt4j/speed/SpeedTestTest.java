package org.ttt4j.speed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.ttt4j.config.Backbone;
import org.ttt4j.config.InnerKind;
import org.ttt4j.config.TTTConfig;
import org.ttt4j.execution.Execution;
import org.ttt4j.lm.CausalLM;
import org.ttt4j.lm.LanguageModel;
import org.ttt4j.matrix.WeightType;
import org.ttt4j.param.Param;
import org.ttt4j.tensor.TttException;

class SpeedTestTest {

    private static final CausalLM LM =
            CausalLM.of(TTTConfig.preset("tiny").withBackbone(Backbone.MAMBA).withInner(InnerKind.MLP));
    private static final SpeedPlan SHORT =
            new SpeedPlan(List.of(17), List.of(3), List.of(1, 2), List.of(20, 0), List.of(18), 0);

    private static SpeedReport run(Execution execution, SpeedPlan plan) {
        AtomicInteger rows = new AtomicInteger();
        try (LanguageModel<?> model = LanguageModel.open(LM, new RandomWeights(1), execution)) {
            SpeedReport report = SpeedTest.of(model, execution)
                    .withProgress(rows::incrementAndGet)
                    .run(plan);
            assertEquals(plan.rows(), rows.get());
            return report;
        }
    }

    @Test
    void everyTestHasARow() {
        SpeedReport report = run(Execution.fused().withThreads(2), SHORT);
        List<String> rows = report.rows().stream()
                .map(r -> r.test() + " " + r.logits() + " " + r.length() + " " + r.batch() + " " + r.position())
                .toList();
        assertEquals(
                List.of(
                        "PP ALL 17 1 0",
                        "PP LAST 17 1 0",
                        "TG LAST 3 1 0",
                        "TG LAST 3 1 20",
                        "TG LAST 3 2 0",
                        "TG LAST 3 2 20",
                        "TR ALL 18 1 0"),
                rows);
        boolean linux = Files.exists(Path.of("/proc/self/clear_refs"));
        for (SpeedRow row : report.rows()) {
            assertEquals(report.limits().gemmGflops(), row.limits().gemmGflops());
            assertTrue(row.tokensPerSecond() > 0 && row.ms() > 0 && row.rooflinePercent() > 0, row::toString);
            assertTrue(!linux || row.rssMib().orElse(0) > 10, row::toString);
        }
        assertTrue(report.limits().gemmGflops() > 0 && report.limits().bandwidthGbs() > 0);
        assertTrue(report.firstTokenSeconds() > 0);
        assertEquals(17, report.firstTokens());
    }

    @Test
    void runsOnTheReferenceToo() {
        SpeedPlan reading = new SpeedPlan(List.of(5), List.of(), List.of(1), List.of(0), List.of(), 0);
        assertEquals(2, run(Execution.reference(DataType.FLOAT), reading).rows().size());
    }

    /** Another type's rows are set against the better of its own products and float32's. */
    @Test
    void theOtherTypesPeakIsFloat32sAtLeast() {
        Execution execution = Execution.fused().withThreads(2).withWeights(WeightType.BFLOAT16);
        try (LanguageModel<?> model = LanguageModel.open(LM, new RandomWeights(1), execution)) {
            SpeedTest<?> test = SpeedTest.of(model, execution);
            assertThrows(TttException.class, () -> test.run(SHORT), "it has training steps");
            SpeedReport report = test.run(new SpeedPlan(List.of(), List.of(2), List.of(1), List.of(0), List.of(), 0));
            assertTrue(report.limits().gemmGflops() > 0);
            Work work = Work.forward(LM, 1, 1, Logits.LAST, WeightType.BFLOAT16);
            assertEquals(work, report.rows().get(0).work());
        }
    }

    @Test
    void rowsFollowFromTheirRuns() {
        Timing timing = new Timing(0.5, 3, 0.4, 0.7, 0, 1);
        MachineLimits limits = new MachineLimits(100, 10);
        Work work = new Work(20_000_000_000L, 50_000_000L);
        SpeedRow reading = new SpeedRow(SpeedRow.Test.PP, Logits.ALL, 64, 1, 0, timing, work, limits, none());
        assertEquals(128, reading.tokensPerSecond());
        assertEquals(500, reading.ms());
        assertEquals(40, reading.rooflinePercent(), 1e-9);
        SpeedRow writing = new SpeedRow(SpeedRow.Test.TG, Logits.LAST, 50, 8, 0, timing, work, limits, none());
        assertEquals(800, writing.tokensPerSecond());
        assertEquals(10, writing.ms());
        assertEquals(50, writing.rooflinePercent(), 1e-9);
    }

    private static OptionalLong none() {
        return OptionalLong.empty();
    }

    @Test
    void plansAreChecked() {
        List<Integer> one = List.of(1);
        assertThrows(TttException.class, () -> new SpeedPlan(List.of(0), one, one, one, one, 1));
        assertThrows(TttException.class, () -> new SpeedPlan(one, one, List.of(-1), one, one, 1));
        assertThrows(TttException.class, () -> new SpeedPlan(one, one, one, List.of(-1), one, 1));
        assertThrows(TttException.class, () -> new SpeedPlan(one, one, one, one, one, Double.NaN));
        assertEquals(7, SpeedPlan.standard().rows());
    }

    /** Weights for timing have the scale of an initialisation, and the same seed gives the same. */
    @Test
    void randomWeightsHaveTheRightScale() {
        Param p = LM.params().get(0);
        RandomWeights weights = new RandomWeights(5);
        assertEquals(0.02, weights.read(p).stdNumber().doubleValue(), 5e-4);
        assertEquals(0, weights.read(p).meanNumber().doubleValue(), 1e-3);
        assertEquals(weights.read(p), new RandomWeights(5).read(p));
        assertTrue(LM.params().stream()
                .filter(q -> q.key().endsWith("seq_norm.weight"))
                .allMatch(q -> weights.read(q).meanNumber().doubleValue() == 1));
    }
}
