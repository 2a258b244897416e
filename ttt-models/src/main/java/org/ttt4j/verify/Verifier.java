package org.ttt4j.verify;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.ttt4j.config.ModelConfig;
import org.ttt4j.config.TTTConfig;
import org.ttt4j.execution.Execution;
import org.ttt4j.safetensors.SafetensorsFile;
import org.ttt4j.tensor.TttException;

/**
 * Runs stored cases and compares every tensor. A case is a directory with {@code config.json}, {@code model.safetensors}
 * and files of expected values: {@code fwd_*}, {@code decode_*} and {@code grad_*} of a language model, {@code layer_*} of
 * a bare layer; or with directories of checkpoints of the authors' JAX code, {@code expected.safetensors} beside them.
 */
public final class Verifier {

    private static final String SUFFIX = ".safetensors";

    private final Execution execution;

    public Verifier(Execution execution) {
        this.execution = execution;
    }

    /**
     * Verifies a case, or every case in a directory.
     *
     * @param each sees every report as soon as it is there
     * @return all reports
     * @throws TttException if there is no case at all
     */
    public List<FileReport> verify(Path path, Consumer<FileReport> each) {
        List<Path> cases = isCase(path)
                ? List.of(path)
                : children(path).filter(Verifier::isCase).toList();
        if (cases.isEmpty()) {
            throw TttException.mismatch(path.toString(), "a case or a directory of cases (config.json inside)", "none");
        }
        List<FileReport> reports = new ArrayList<>();
        for (Path directory : cases) {
            verifyCase(directory, report -> {
                reports.add(report);
                each.accept(report);
            });
        }
        return reports;
    }

    private static boolean isCase(Path directory) {
        return Files.isRegularFile(directory.resolve("config.json"));
    }

    private static Stream<Path> children(Path directory) {
        if (!Files.isDirectory(directory)) {
            throw TttException.mismatch(directory.toString(), "a directory", "none");
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted().toList().stream();
        } catch (IOException e) {
            throw new TttException(directory + ": cannot be listed: " + e.getMessage(), e);
        }
    }

    private void verifyCase(Path directory, Consumer<FileReport> each) {
        List<Path> files = children(directory).filter(f -> kind(f) != null).toList();
        String name = directory.getFileName().toString();
        List<Path> precisions =
                children(directory).filter(JaxCheck::isPrecision).toList();
        if (files.isEmpty() && precisions.isEmpty()) {
            each.accept(FileReport.broken(name, "no file of expected values"));
            return;
        }
        if (!precisions.isEmpty()) {
            verifyJax(directory, precisions, each);
        }
        if (!files.isEmpty()) {
            verifyFiles(directory, files, each);
        }
    }

    private void verifyJax(Path directory, List<Path> precisions, Consumer<FileReport> each) {
        String name = directory.getFileName().toString();
        JaxCheck check;
        try {
            check = new JaxCheck(directory, execution);
        } catch (TttException e) {
            each.accept(FileReport.broken(name, e.getMessage()));
            return;
        }
        for (Path precision : precisions) {
            for (Path file : children(precision).filter(JaxCheck::isCheckpoint).toList()) {
                String id = name + "/" + precision.getFileName() + "/" + file.getFileName();
                try {
                    each.accept(check.check(file, id));
                } catch (TttException e) {
                    each.accept(FileReport.broken(id, e.getMessage()));
                }
            }
        }
    }

    private void verifyFiles(Path directory, List<Path> files, Consumer<FileReport> each) {
        String name = directory.getFileName().toString();
        boolean bareLayer = files.stream().allMatch(f -> kind(f).equals("layer"));
        try {
            ModelConfig config = ModelConfig.read(directory.resolve("config.json"));
            if (bareLayer && config instanceof TTTConfig ttt) {
                try (LayerCheck check = new LayerCheck(directory, ttt, execution)) {
                    files.forEach(f -> each.accept(run(f, name, check::check)));
                }
            } else {
                try (ModelCheck check = new ModelCheck(directory, config, execution)) {
                    files.forEach(f -> each.accept(run(f, name, (file, id) -> check(check, kind(f), file, id))));
                }
            }
        } catch (TttException e) {
            each.accept(FileReport.broken(name, e.getMessage()));
        }
    }

    private interface Check {
        FileReport run(SafetensorsFile file, String name);
    }

    private static FileReport check(ModelCheck check, String kind, SafetensorsFile file, String name) {
        return switch (kind) {
            case "fwd" -> check.forward(file, name);
            case "decode" -> check.decode(file, name);
            case "grad" -> check.gradients(file, name);
            default -> FileReport.broken(name, "a bare layer's file beside a model's");
        };
    }

    /** One bad file must not hide the others. */
    private static FileReport run(Path path, String caseName, Check check) {
        String name = caseName + "/" + path.getFileName();
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            return check.run(file, name);
        } catch (TttException e) {
            return FileReport.broken(name, e.getMessage());
        }
    }

    /** fwd, decode, grad or layer; null for another file. */
    private static String kind(Path file) {
        String name = file.getFileName().toString();
        if (!name.endsWith(SUFFIX)) {
            return null;
        }
        return Stream.of("fwd", "decode", "grad", "layer")
                .filter(kind -> name.startsWith(kind + "_"))
                .findFirst()
                .orElse(null);
    }
}
