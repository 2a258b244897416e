package org.ttt4j.verify;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.ttt4j.safetensors.SafetensorsFile;
import org.ttt4j.tensor.Tensors;

/** Compares tensors with those of one file. Every reference tensor must be met, and every computed one must be there. */
final class Comparison {

    /** The authors' code in true float64: the reference for everything. */
    private static final String REFERENCE = "f64.";
    /** The authors' code as shipped, for comparison by eye. */
    private static final Set<String> OTHER_COPIES = Set.of("f32.", "m64.");

    private final SafetensorsFile file;
    private final Limits limits;
    private final Set<String> unmet = new TreeSet<>();
    private final List<String> failures = new ArrayList<>();
    private final Worst forward = new Worst();
    private final Worst gradient = new Worst();
    private int compared;

    private static final class Worst {
        private double error;
        private String tensor = "";

        void add(String name, double e) {
            if (tensor.isEmpty() || e > error || Double.isNaN(e)) {
                error = e;
                tensor = name;
            }
        }
    }

    /** @param inputs the tensors of the file that are input, not reference */
    Comparison(SafetensorsFile file, Limits limits, Set<String> inputs) {
        this.file = file;
        this.limits = limits;
        for (String name : file.tensors().keySet()) {
            if (name.startsWith(REFERENCE)) {
                unmet.add(name.substring(REFERENCE.length()));
            } else if (!inputs.contains(name) && OTHER_COPIES.stream().noneMatch(name::startsWith)) {
                failures.add(name + ": unknown tensor");
            }
        }
    }

    void forward(String name, INDArray actual) {
        compare(name, actual, limits.forward(), forward);
    }

    void gradient(String name, INDArray actual) {
        compare(name, actual, limits.gradient(), gradient);
    }

    private void compare(String name, INDArray actual, double limit, Worst worst) {
        unmet.remove(name);
        if (!file.tensors().containsKey(REFERENCE + name)) {
            failures.add(name + ": computed, but not in the file");
            return;
        }
        long[] expected = file.info(REFERENCE + name).shape();
        if (!Arrays.equals(expected, actual.shape())) {
            failures.add(name + ": expected shape " + Arrays.toString(expected) + ", found "
                    + Arrays.toString(actual.shape()));
            return;
        }
        compared++;
        double error = error(Tensors.toDoubles(actual), Tensors.toDoubles(file.read(REFERENCE + name)));
        worst.add(name, error);
        if (!(error <= limit)) {
            failures.add(String.format(Locale.ROOT, "%s: error %.1e above %.0e", name, error, limit));
        }
    }

    /** {@code max|x - ref| / max|ref|}, absolute where the reference is all zero; NaN if anything is not finite. */
    private static double error(double[] x, double[] reference) {
        double difference = 0;
        double scale = 0;
        for (int i = 0; i < x.length; i++) {
            double d = Math.abs(x[i] - reference[i]);
            if (!Double.isFinite(d)) {
                return Double.NaN;
            }
            difference = Math.max(difference, d);
            scale = Math.max(scale, Math.abs(reference[i]));
        }
        return scale == 0 ? difference : difference / scale;
    }

    FileReport report(String name) {
        List<String> all = new ArrayList<>(failures);
        unmet.forEach(tensor -> all.add(tensor + ": in the file, but not computed"));
        return new FileReport(name, compared, all, forward.error, forward.tensor, gradient.error, gradient.tensor);
    }
}
