package org.ttt4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerifyCommandTest {

    private static final Path CASES = Path.of("../ttt-models/src/test/resources/golden");
    private static final String LAST =
            "verify: \\d+ files, \\d+ tensors, \\d+ failed, worst forward \\d\\.\\de[-+]\\d\\d, "
                    + "worst gradient \\d\\.\\de[-+]\\d\\d";

    private final Cli cli = new Cli();

    private int run(String... args) {
        return cli.run(Stream.concat(Stream.of("verify"), Stream.of(args)).toArray());
    }

    private String lastLine() {
        List<String> lines = cli.out().lines().toList();
        return lines.get(lines.size() - 1);
    }

    /** One case: the others are compared by the library's own tests. */
    private static Path anyCase() throws IOException {
        try (Stream<Path> cases = Files.list(CASES)) {
            return cases.filter(c -> Files.exists(c.resolve("config.json")))
                    .sorted()
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Test
    void allTensorsAgree(@TempDir Path directory) throws IOException {
        Path json = directory.resolve("out.jsonl");
        assertEquals(0, run(anyCase().toString(), "--json", json.toString()), cli::err);
        assertTrue(lastLine().matches(LAST), lastLine());
        assertTrue(lastLine().contains(", 0 failed, "), lastLine());
        JsonNode file = new ObjectMapper().readTree(Files.readAllLines(json).get(0));
        assertTrue(file.get("tensors").asInt() > 0);
        assertEquals(0, file.get("failed").asInt());
        assertEquals(0, run(anyCase().toString(), "--dtype", "float32"));
        assertEquals(0, run(anyCase().toString(), "--form", "primal"));
    }

    @Test
    void aWrongWeightFails(@TempDir Path directory) throws IOException {
        Path wrong = Files.createDirectory(directory.resolve("case"));
        try (Stream<Path> files = Files.list(anyCase())) {
            for (Path file : files.toList()) {
                Files.copy(file, wrong.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        Path weights = wrong.resolve("model.safetensors");
        byte[] bytes = Files.readAllBytes(weights);
        bytes[bytes.length - 2] ^= 0x10;
        Files.write(weights, bytes);
        assertEquals(1, run(wrong.toString()));
        assertTrue(cli.out().contains("FAILED"), cli.out());
        assertTrue(lastLine().matches(LAST) && !lastLine().contains(", 0 failed, "), lastLine());
    }

    @Test
    void wrongChoicesAreOneLine(@TempDir Path empty) throws IOException {
        assertEquals(1, run(empty.toString()));
        assertEquals(1, run(anyCase().toString(), "--kernel", "scalar"));
        assertEquals(1, run(anyCase().toString(), "--dtype", "float32", "--kernel", "none"));
        assertEquals(2, run(anyCase().toString(), "--dtype", "float16"));
        assertEquals(4, cli.err().lines().count(), cli.err());
    }
}
