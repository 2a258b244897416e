package org.ttt4j.verify;

import java.util.List;
import org.ttt4j.inner.InnerLossCurves;

/**
 * What weights without known answers look like.
 *
 * @param tensors figures of every parameter, in the model's order
 * @param innerLosses of every layer that learns at test time: the means of its curves behind the first mini-batch, each
 *     [start, before, after]; empty without a text
 * @param prediction how well a text is predicted; null without one
 * @param findings what speaks for the weights and against them
 */
public record Inspection(
        List<TensorStatistics> tensors, List<double[]> innerLosses, Prediction prediction, List<Finding> findings) {

    /**
     * Losses in nats for a token.
     *
     * @param tokens that were predicted
     * @param loss of the model
     * @param uniform of guessing: ln V
     * @param shuffled of the same model with the values of every tensor in random order
     */
    public record Prediction(long tokens, double loss, double uniform, double shuffled) {}

    public Inspection {
        tensors = List.copyOf(tensors);
        innerLosses = List.copyOf(innerLosses);
        findings = List.copyOf(findings);
    }

    /** Whether nothing speaks against a trained model that was loaded as it was meant. */
    public boolean ok() {
        return findings.stream().allMatch(f -> f.level() == Finding.Level.OK || f.level() == Finding.Level.NOTE);
    }

    /** The means of curves from a token on: start, before, after. */
    static double[] means(InnerLossCurves curves, int from) {
        return new double[] {
            mean(curves.atStart(), from), mean(curves.before(), from), mean(curves.after(), from),
        };
    }

    private static double mean(double[] curve, int from) {
        double sum = 0;
        for (int t = from; t < curve.length; t++) {
            sum += curve[t];
        }
        return sum / Math.max(1, curve.length - from);
    }
}
