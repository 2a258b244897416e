package org.ttt4j.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.ttt4j.execution.Execution;
import org.ttt4j.reference.InnerForm;

/** Every stored case, in every way to compute it. */
class VerifierTest {

    private static final Path OWN = Path.of("src/test/resources/golden");
    private static final List<Path> ALL = List.of(
            Path.of("../../shared/golden"),
            Path.of("../../shared/golden-baselines/llama"),
            Path.of("../../shared/golden-baselines/mamba"));
    private static final Path JAX = Path.of("src/test/resources/golden-jax");
    private static final Path ALL_JAX = Path.of("../../shared/golden-baselines/jax");

    @ParameterizedTest
    @CsvSource({"reference, DOUBLE, DUAL", "reference, DOUBLE, PRIMAL", "reference, FLOAT, DUAL", "scalar, FLOAT, DUAL"
    })
    void ownCases(String kernel, DataType type, InnerForm form) {
        verify(OWN, new Execution(kernel, type, form, 2));
    }

    @ParameterizedTest
    @CsvSource({"reference, DOUBLE, DUAL", "scalar, FLOAT, DUAL"})
    void allCases(String kernel, DataType type, InnerForm form) {
        for (Path all : ALL) {
            Assumptions.assumeTrue(Files.isDirectory(all), "the full set of expected values is not at " + all);
            verify(all, new Execution(kernel, type, form, 2));
        }
    }

    @ParameterizedTest
    @CsvSource({"reference, DOUBLE, DUAL", "scalar, FLOAT, DUAL"})
    void casesOfTheJaxCode(String kernel, DataType type, InnerForm form) {
        verify(JAX, new Execution(kernel, type, form, 2));
    }

    @ParameterizedTest
    @CsvSource({"reference, DOUBLE, DUAL", "scalar, FLOAT, DUAL"})
    void allCasesOfTheJaxCode(String kernel, DataType type, InnerForm form) {
        Assumptions.assumeTrue(Files.isDirectory(ALL_JAX), "the full set of checkpoints is not at " + ALL_JAX);
        verify(ALL_JAX, new Execution(kernel, type, form, 2));
    }

    private static void verify(Path path, Execution execution) {
        List<FileReport> reports = new Verifier(execution).verify(path, r -> {});
        assertTrue(reports.size() >= 3 && reports.stream().allMatch(r -> r.tensors() > 0), "files and tensors");
        assertEquals(
                List.of(),
                reports.stream().filter(r -> !r.ok()).map(FileReport::toString).toList());
    }
}
