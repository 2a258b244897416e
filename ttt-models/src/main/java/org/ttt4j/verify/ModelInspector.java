package org.ttt4j.verify;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import org.ttt4j.checkpoint.Checkpoint;
import org.ttt4j.config.TTTConfig;
import org.ttt4j.data.Tokens;
import org.ttt4j.eval.Evaluator;
import org.ttt4j.execution.Execution;
import org.ttt4j.inner.InnerLossCurves;
import org.ttt4j.lm.CausalLM;
import org.ttt4j.lm.LanguageModel;
import org.ttt4j.param.Param;
import org.ttt4j.param.WeightSource;
import org.ttt4j.probe.InnerLossProbe;
import org.ttt4j.safetensors.StoredWeights;
import org.ttt4j.safetensors.TensorSource;
import org.ttt4j.tensor.Tensors;
import org.ttt4j.tensor.TttException;
import org.ttt4j.tokenizer.Tokenizer;
import org.ttt4j.verify.Finding.Level;

/**
 * Looks at weights for which no answers are known: is every key accounted for, do the tensors look like those of a trained
 * model, do the layers learn, is a text predicted better than by guessing, and better than by the same values in random
 * order?
 */
public final class ModelInspector {

    /** Tokens of a window, each from an empty state. */
    private static final int CONTEXT = 1024;
    /** Tokens of the curves, which are slow. */
    private static final int PROBED = 256;

    private static final long SEED = 1;

    private final Checkpoint checkpoint;
    private final Execution execution;

    public ModelInspector(Checkpoint checkpoint, Execution execution) {
        this.checkpoint = checkpoint;
        this.execution = execution;
    }

    /** Looks at the tensors alone. */
    public Inspection tensors() {
        List<Finding> findings = new ArrayList<>();
        return new Inspection(statistics(findings), List.of(), null, findings);
    }

    /**
     * Looks at the tensors and reads a text.
     *
     * @param text at least two tokens
     */
    public Inspection on(Tokenizer tokenizer, Tokens text) {
        List<Finding> findings = new ArrayList<>();
        List<TensorStatistics> statistics = statistics(findings);
        if (findings.stream().anyMatch(f -> f.level() == Level.WRONG)) {
            return new Inspection(statistics, List.of(), null, findings);
        }
        List<double[]> innerLosses;
        double loss;
        try (LanguageModel<?> model = checkpoint.load(execution)) {
            innerLosses = innerLosses(model, text);
            loss = new Evaluator(model, tokenizer).windows(text, CONTEXT).loss();
        }
        Inspection.Prediction prediction = new Inspection.Prediction(
                text.length() - 1, loss, Math.log(checkpoint.config().vocabSize()), shuffledLoss(tokenizer, text));
        InspectionRules.judgeCurves(innerLosses, findings);
        InspectionRules.judge(prediction, findings);
        return new Inspection(statistics, innerLosses, prediction, findings);
    }

    /** Every key, then every tensor. */
    private List<TensorStatistics> statistics(List<Finding> findings) {
        List<Param> params = CausalLM.of(checkpoint.config()).params();
        List<TensorStatistics> statistics = new ArrayList<>();
        try (TensorSource source = checkpoint.source()) {
            StoredWeights weights = Checkpoint.weights(source, checkpoint.config());
            try {
                weights.check(params);
            } catch (TttException e) {
                findings.add(new Finding(Level.WRONG, e.getMessage()));
                return statistics;
            }
            findings.add(new Finding(
                    Level.OK,
                    String.format(
                            Locale.ROOT,
                            "keys: %,d parameters, %,d values, none missing, none unexpected",
                            params.size(),
                            params.stream().mapToLong(Param::count).sum())));
            params.forEach(p -> statistics.add(TensorStatistics.of(p, source, weights.values(p))));
        }
        InspectionRules.judge(statistics, findings);
        return statistics;
    }

    /** Of layers that learn at test time; none in other models. */
    private List<double[]> innerLosses(LanguageModel<?> model, Tokens text) {
        List<double[]> losses = new ArrayList<>();
        if (checkpoint.config() instanceof TTTConfig config) {
            int[][] ids = {text.copy(0, Math.min(text.length(), Math.max(PROBED, 4 * config.miniBatch())))};
            InnerLossProbe probe = new InnerLossProbe();
            model.observedBy(probe).next(ids, model.newState(1));
            for (InnerLossCurves[][] lanes : probe.layers().values()) {
                int first = Math.min(config.miniBatch(), ids[0].length - 1);
                losses.add(Inspection.means(InnerLossProbe.mean(lanes), first));
            }
        }
        return losses;
    }

    private double shuffledLoss(Tokenizer tokenizer, Tokens text) {
        try (TensorSource source = checkpoint.source()) {
            WeightSource shuffled = shuffled(Checkpoint.weights(source, checkpoint.config()));
            try (LanguageModel<?> model = LanguageModel.open(CausalLM.of(checkpoint.config()), shuffled, execution)) {
                return new Evaluator(model, tokenizer).windows(text, CONTEXT).loss();
            }
        }
    }

    /** The values of every tensor in random order: same sizes, same scales, nothing learnt. */
    private static WeightSource shuffled(WeightSource weights) {
        return p -> {
            float[] x = Tensors.toFloats(weights.read(p));
            SplittableRandom random = new SplittableRandom(SEED ^ p.key().hashCode());
            for (int i = x.length - 1; i > 0; i--) {
                int j = random.nextInt(i + 1);
                float other = x[j];
                x[j] = x[i];
                x[i] = other;
            }
            return Tensors.of(x, p.shape());
        };
    }
}
