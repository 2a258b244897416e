package org.ttt4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class VerifyCommandTest {

    private static final Path CASES = Path.of("../ttt-models/src/test/resources/golden");
    private static final String LAST =
            "verify: \\d+ files, \\d+ tensors, \\d+ failed, worst forward \\d\\.\\de[-+]\\d\\d, "
                    + "worst gradient \\d\\.\\de[-+]\\d\\d";

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... args) {
        CommandLine ttt = Ttt.commandLine();
        ttt.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return Ttt.run(ttt, Stream.concat(Stream.of("verify"), Stream.of(args)).toArray(String[]::new));
    }

    private String lastLine() {
        List<String> lines = out.toString().lines().toList();
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
        assertEquals(0, run(anyCase().toString(), "--json", json.toString()), err::toString);
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
        assertTrue(out.toString().contains("FAILED"), out.toString());
        assertTrue(lastLine().matches(LAST) && !lastLine().contains(", 0 failed, "), lastLine());
    }

    @Test
    void wrongChoicesAreOneLine(@TempDir Path empty) throws IOException {
        assertEquals(1, run(empty.toString()));
        assertEquals(1, run(anyCase().toString(), "--kernel", "scalar"));
        assertEquals(1, run(anyCase().toString(), "--dtype", "float32", "--kernel", "none"));
        assertEquals(2, run(anyCase().toString(), "--dtype", "float16"));
        assertEquals(4, err.toString().lines().count(), err.toString());
    }
}
