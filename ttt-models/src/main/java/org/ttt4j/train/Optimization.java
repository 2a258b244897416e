package org.ttt4j.train;

import java.util.List;
import java.util.regex.Pattern;
import org.ttt4j.param.Param;
import org.ttt4j.tensor.TttException;

/**
 * AdamW (Loshchilov and Hutter 2019) and what surrounds it.
 *
 * @param schedule the learning rate
 * @param beta1 decay of the first moment
 * @param beta2 decay of the second moment
 * @param epsilon added to the root of the corrected second moment
 * @param weightDecay shrinks weights by this times the learning rate
 * @param decay which weights it shrinks
 * @param clip longest gradient over all parameters together (Euclidean norm); longer ones are scaled down; 0 for no limit
 * @param frozen keys of parameters that do not learn; {@code *} stands for anything
 */
public record Optimization(
        Schedule schedule,
        double beta1,
        double beta2,
        double epsilon,
        double weightDecay,
        Decay decay,
        double clip,
        List<String> frozen) {

    public Optimization {
        frozen = List.copyOf(frozen);
        Checks.range("beta1", beta1, 0, Math.nextDown(1.0));
        Checks.range("beta2", beta2, 0, Math.nextDown(1.0));
        Checks.range("epsilon", epsilon, Double.MIN_NORMAL, 1);
        Checks.range("weight decay", weightDecay, 0, Double.MAX_VALUE);
        Checks.range("clip", clip, 0, Double.MAX_VALUE);
    }

    /** The authors' settings in JAX but for the schedule: betas 0.9 and 0.95, decay 0.1 on everything, clip 1. */
    public static Optimization of(Schedule schedule) {
        return new Optimization(schedule, 0.9, 0.95, 1e-8, 0.1, Decay.ALL, 1, List.of());
    }

    /**
     * The parameters that learn.
     *
     * @throws TttException if a pattern of {@link #frozen} fits none, or no parameter is left
     */
    List<Param> trained(List<Param> params) {
        List<Pattern> patterns = frozen.stream().map(Optimization::pattern).toList();
        for (int i = 0; i < patterns.size(); i++) {
            Pattern pattern = patterns.get(i);
            if (params.stream().noneMatch(p -> fits(pattern, p))) {
                throw TttException.mismatch("frozen parameters", "a key of the model or a pattern", frozen.get(i));
            }
        }
        List<Param> trained = params.stream()
                .filter(p -> patterns.stream().noneMatch(pattern -> fits(pattern, p)))
                .toList();
        if (trained.isEmpty()) {
            throw TttException.mismatch("frozen parameters", "some that are left to learn", "all of the model's");
        }
        return trained;
    }

    private static Pattern pattern(String words) {
        return Pattern.compile("\\Q" + words.replace("*", "\\E.*\\Q") + "\\E");
    }

    private static boolean fits(Pattern pattern, Param p) {
        return pattern.matcher(p.key()).matches();
    }
}
