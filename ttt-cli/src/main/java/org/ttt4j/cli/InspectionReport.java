package org.ttt4j.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.ttt4j.verify.Finding;
import org.ttt4j.verify.Inspection;
import org.ttt4j.verify.TensorStatistics;

/** What a look at a model's weights shows, in words and for programs. */
final class InspectionReport {

    private InspectionReport() {}

    static void print(Inspection inspection, PrintWriter out) {
        out.println(tensors(inspection.tensors()));
        if (!inspection.innerLosses().isEmpty()) {
            out.printf("%n%s%n", innerLosses(inspection.innerLosses()));
        }
        out.println();
        for (Finding finding : inspection.findings()) {
            out.printf("%-6s %s%n", finding.level().name().toLowerCase(Locale.ROOT), finding.text());
        }
        out.println(verdict(inspection));
        out.flush();
    }

    private static String verdict(Inspection inspection) {
        if (inspection.ok()) {
            return inspection.prediction() == null
                    ? "verdict: nothing is wrong with the tensors; --text would tell whether the model works"
                    : "verdict: a trained model, loaded as it was meant";
        }
        long reasons = inspection.findings().stream()
                .filter(f -> f.level() == Finding.Level.DOUBT || f.level() == Finding.Level.WRONG)
                .count();
        return "verdict: doubtful, for " + reasons + (reasons == 1 ? " reason" : " reasons") + " above";
    }

    /** One row for every kind of parameter: its layers together. */
    private static Table tensors(List<TensorStatistics> tensors) {
        Map<String, List<TensorStatistics>> kinds = new LinkedHashMap<>();
        for (TensorStatistics t : tensors) {
            String kind = t.param().key().replaceAll("\\.\\d+\\.", ".*.");
            kinds.computeIfAbsent(kind, k -> new ArrayList<>()).add(t);
        }
        Table table = new Table("tensor", "number", "mean", "rms", "least", "greatest", "zeros");
        kinds.forEach((kind, all) -> table.row(
                kind,
                Integer.toString(all.size()),
                figure(all.stream()
                        .mapToDouble(TensorStatistics::mean)
                        .average()
                        .orElse(0)),
                figure(all.stream().mapToDouble(TensorStatistics::rms).average().orElse(0)),
                figure(all.stream().mapToDouble(TensorStatistics::least).min().orElse(0)),
                figure(all.stream()
                        .mapToDouble(TensorStatistics::greatest)
                        .max()
                        .orElse(0)),
                Long.toString(all.stream().mapToLong(TensorStatistics::zeros).sum())));
        return table;
    }

    private static String figure(double x) {
        return String.format(Locale.ROOT, "%.4g", x);
    }

    private static Table innerLosses(List<double[]> layers) {
        Table table = new Table("inner loss", "start", "before", "after");
        for (int i = 0; i < layers.size(); i++) {
            double[] l = layers.get(i);
            table.row("layer " + i, figure(l[0]), figure(l[1]), figure(l[2]));
        }
        return table;
    }

    static Map<String, Object> facts(Inspection inspection) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("ok", inspection.ok());
        facts.put("findings", inspection.findings());
        facts.put("prediction", inspection.prediction());
        facts.put("inner_losses", inspection.innerLosses());
        List<Map<String, Object>> tensors = new ArrayList<>();
        for (TensorStatistics t : inspection.tensors()) {
            Map<String, Object> tensor = new LinkedHashMap<>();
            tensor.put("key", t.param().key());
            tensor.put("shape", t.param().shape());
            tensor.put("not_finite", t.notFinite());
            tensor.put("zeros", t.zeros());
            tensor.put("mean", t.mean());
            tensor.put("rms", t.rms());
            tensor.put("least", t.least());
            tensor.put("greatest", t.greatest());
            tensors.add(tensor);
        }
        facts.put("tensors", tensors);
        return facts;
    }
}
