package org.ttt4j.verify;

import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.ttt4j.param.Init;
import org.ttt4j.verify.Finding.Level;

/** What trained models have in common, as far as it is known. docs/checkpoints.md lists the rules. */
final class InspectionRules {

    private static final int LISTED = 4;

    private InspectionRules() {}

    static void judge(List<TensorStatistics> tensors, List<Finding> findings) {
        int before = findings.size();
        report(tensors, t -> t.notFinite() > 0, Level.WRONG, "hold infinities or not-a-numbers", findings);
        report(
                tensors,
                t -> !t.startsConstant()
                        && t.param().count() > 1
                        && t.zeros() == t.param().count(),
                Level.WRONG,
                "are all zero",
                findings);
        report(
                tensors,
                t -> !t.startsConstant()
                        && t.zeros() < t.param().count()
                        && t.isConstant()
                        && t.param().count() > 1,
                Level.WRONG,
                "hold one value everywhere",
                findings);
        report(
                tensors,
                t -> t.param().shape().length == 2 && !t.startsConstant() && isHalfZero(t),
                Level.DOUBT,
                "are more than half zero",
                findings);
        report(
                tensors,
                InspectionRules::hasStrangeSize,
                Level.DOUBT,
                "are 50 times larger or smaller than a start would be",
                findings);
        report(tensors, InspectionRules::isStrangeNorm, Level.DOUBT, "are no scales of a norm", findings);
        judgeTraining(tensors, findings);
        if (findings.size() == before) {
            findings.add(new Finding(Level.OK, "tensors: finite, of a trained model's sizes, none as at the start"));
        }
    }

    private static boolean isHalfZero(TensorStatistics t) {
        return t.zeros() > t.param().count() / 2 && t.zeros() < t.param().count();
    }

    private static boolean hasStrangeSize(TensorStatistics t) {
        double ratio = t.rms() / t.param().init().scale();
        return t.param().init().kind() == Init.Kind.NORMAL && t.rms() > 0 && !(ratio > 0.02 && ratio < 50);
    }

    /** Scales start as ones: they stay near them, and positive for the most part. */
    private static boolean isStrangeNorm(TensorStatistics t) {
        boolean scale = t.startsConstant() && t.param().init().scale() == 1;
        return scale && t.notFinite() == 0 && !(t.mean() > 0.01 && t.mean() < 100);
    }

    private static void judgeTraining(List<TensorStatistics> tensors, List<Finding> findings) {
        List<TensorStatistics> constants =
                tensors.stream().filter(TensorStatistics::startsConstant).toList();
        long untouched =
                constants.stream().filter(TensorStatistics::isAsAtStart).count();
        if (untouched > 0 && untouched == constants.size()) {
            findings.add(new Finding(
                    Level.DOUBT, "all " + untouched + " norms and biases are as at the start: nobody trained them"));
        } else {
            report(tensors, TensorStatistics::isAsAtStart, Level.NOTE, "are as at the start", findings);
        }
        List<TensorStatistics> matrices = tensors.stream()
                .filter(t ->
                        t.param().init().kind() == Init.Kind.NORMAL && t.param().count() >= 1000)
                .toList();
        long random = matrices.stream().filter(TensorStatistics::isAsRandom).count();
        if (random * 10 > matrices.size() * 9L) {
            findings.add(new Finding(
                    Level.DOUBT,
                    random + " of " + matrices.size() + " matrices have exactly the size of a random start"));
        }
    }

    private static void report(
            List<TensorStatistics> tensors,
            Predicate<TensorStatistics> rule,
            Level level,
            String words,
            List<Finding> findings) {
        List<String> keys =
                tensors.stream().filter(rule).map(t -> t.param().key()).toList();
        if (!keys.isEmpty()) {
            String more = keys.size() > LISTED ? " and " + (keys.size() - LISTED) + " more" : "";
            String listed = keys.stream().limit(LISTED).collect(Collectors.joining(", "));
            findings.add(new Finding(level, "tensors: " + keys.size() + " " + words + ": " + listed + more));
        }
    }

    /** In a trained layer a token's own weights fit it better than those before it, and these better than the first. */
    static void judgeCurves(List<double[]> layers, List<Finding> findings) {
        if (layers.isEmpty()) {
            return;
        }
        long ordered = layers.stream().filter(l -> l[0] > l[1] && l[1] > l[2]).count();
        String text = String.format(
                Locale.ROOT, "inner loss: l(W_0) > l(W_(t-1)) > l(W_t) in %d of %d layers", ordered, layers.size());
        Level level =
                ordered == layers.size() ? Level.OK : ordered * 4 >= layers.size() * 3L ? Level.NOTE : Level.DOUBT;
        findings.add(new Finding(level, text));
    }

    static void judge(Inspection.Prediction p, List<Finding> findings) {
        String text = String.format(
                Locale.ROOT,
                "text: %.3f nats a token (perplexity %.1f), guessing %.3f, shuffled weights %.3f",
                p.loss(),
                Math.exp(p.loss()),
                p.uniform(),
                p.shuffled());
        Level level = Level.OK;
        if (!(p.loss() < p.uniform())) {
            level = Level.WRONG;
            text += ": no better than guessing";
        } else if (p.loss() > 0.8 * p.uniform()) {
            level = Level.DOUBT;
            text += ": little better than guessing";
        } else if (p.loss() > p.shuffled() - 0.1 * p.uniform()) {
            level = Level.DOUBT;
            text += ": no better than the same values in random order";
        }
        findings.add(new Finding(level, text));
    }
}
