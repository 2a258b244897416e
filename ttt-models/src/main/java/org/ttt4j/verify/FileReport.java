package org.ttt4j.verify;

import java.util.ArrayList;
import java.util.List;

/**
 * What the comparison of one file showed.
 *
 * @param file its name below the verified path
 * @param tensors how many tensors were compared
 * @param failures one line per tensor that failed, or why the file could not be run; empty if all is well
 * @param worstForward the largest relative error of outputs, states and losses
 * @param worstForwardTensor the tensor that it belongs to; empty if none was compared
 * @param worstGradient the largest relative error of gradients
 * @param worstGradientTensor the tensor that it belongs to; empty if none was compared
 */
public record FileReport(
        String file,
        int tensors,
        List<String> failures,
        double worstForward,
        String worstForwardTensor,
        double worstGradient,
        String worstGradientTensor) {

    public FileReport {
        failures = List.copyOf(failures);
    }

    /** A file that could not be run at all. */
    static FileReport broken(String file, String why) {
        return new FileReport(file, 0, List.of(why), 0, "", 0, "");
    }

    /** This report, and tensors that were compared in another way before. */
    FileReport with(int compared, List<String> failed) {
        List<String> all = new ArrayList<>(failed);
        all.addAll(failures);
        return new FileReport(
                file, tensors + compared, all, worstForward, worstForwardTensor, worstGradient, worstGradientTensor);
    }

    public boolean ok() {
        return failures.isEmpty();
    }
}
