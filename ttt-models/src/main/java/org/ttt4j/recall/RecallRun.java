package org.ttt4j.recall;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.ttt4j.config.MixerKind;
import org.ttt4j.config.ModelConfig;
import org.ttt4j.data.Batch;
import org.ttt4j.data.SplitMix64;
import org.ttt4j.execution.Execution;
import org.ttt4j.lm.CausalLM;
import org.ttt4j.lm.LanguageModel;
import org.ttt4j.param.WeightSource;
import org.ttt4j.tensor.Tensors;
import org.ttt4j.train.Learner;
import org.ttt4j.train.TrainingPlan;

/**
 * One training.
 *
 * @param accuracy share of values that were the likeliest token where they were asked for, in texts not trained on
 * @param stateBytes what the model remembers of one text, at the most
 * @param parameters number of weights
 */
public record RecallRun(
        MixerKind mixer, double rate, long seed, double accuracy, long stateBytes, long parameters, double seconds) {

    private static final int TEST_TEXTS = 512;
    private static final int TEST_BATCH = 64;
    /** Of the texts that are tested with, the same for all. */
    private static final long TEST_SEED = -1;

    static RecallRun of(RecallPlan plan, MixerKind mixer, double rate, long seed) {
        long start = System.nanoTime();
        ModelConfig config = RecallModels.of(mixer, plan.task().vocabulary());
        TrainingPlan training = TrainingPlan.of(
                        plan.steps(), plan.batch(), plan.task().length(), rate)
                .withSeed(seed);
        Execution execution = Execution.fused().withThreads(1);
        try (LanguageModel<?> model = LanguageModel.open(CausalLM.of(config), WeightSource.init(seed), execution)) {
            train(model, training, plan, seed);
            double accuracy = accuracy(model, plan.task());
            double seconds = (System.nanoTime() - start) * 1e-9;
            long stateBytes = Float.BYTES * config.stateFloats(plan.task().length());
            return new RecallRun(mixer, rate, seed, accuracy, stateBytes, config.parameterCount(), seconds);
        }
    }

    private static <A> void train(LanguageModel<A> model, TrainingPlan training, RecallPlan plan, long seed) {
        RecallWindows windows = new RecallWindows(plan.task(), plan.batch(), seed);
        Learner<A> learner = new Learner<>(model, training);
        for (int step = 1; step <= plan.steps(); step++) {
            learner.step(windows, step);
        }
    }

    private static double accuracy(LanguageModel<?> model, RecallTask task) {
        SplitMix64 random = new SplitMix64(TEST_SEED);
        int right = 0;
        for (int i = 0; i < TEST_TEXTS / TEST_BATCH; i++) {
            Batch batch = task.batch(random, TEST_BATCH);
            try (INDArray logits = model.forward(batch.inputs(), model.newState(TEST_BATCH))) {
                right += right(Tensors.toFloats(logits), batch.targets(), task.vocabulary());
            }
        }
        return (double) right / (TEST_TEXTS * task.pairs());
    }

    private static int right(float[] logits, int[][] targets, int vocabulary) {
        int right = 0;
        for (int b = 0; b < targets.length; b++) {
            for (int t = 0; t < targets[b].length; t++) {
                int at = (b * targets[b].length + t) * vocabulary;
                right += targets[b][t] >= 0 && likeliest(logits, at, vocabulary) == targets[b][t] ? 1 : 0;
            }
        }
        return right;
    }

    private static int likeliest(float[] logits, int at, int n) {
        int best = 0;
        for (int i = 1; i < n; i++) {
            best = logits[at + i] > logits[at + best] ? i : best;
        }
        return best;
    }
}
