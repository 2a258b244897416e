package org.ttt4j.execution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.ttt4j.kernel.VectorApi;
import org.ttt4j.param.WeightSource;

class ExecutionTest {

    /** In a JVM without the module; not where the kernel was named, and not twice. */
    @Test
    void theMissingFlagIsToldOnce() throws IOException, InterruptedException {
        Process plain = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Plain.class.getName())
                .redirectErrorStream(true)
                .start();
        String said = new String(plain.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, plain.waitFor(), said);
        String[] parts = said.split(Plain.BORDER);
        assertEquals(3, parts.length, said);
        assertFalse(parts[0].contains(VectorApi.FLAG), said);
        assertEquals(
                1,
                parts[1].lines().filter(line -> line.contains(VectorApi.FLAG)).count(),
                said);
        assertFalse(parts[2].contains(VectorApi.FLAG), said);
    }

    static final class Plain {

        static final String BORDER = "-----";

        public static void main(String[] args) {
            open(Execution.fused().withKernel("scalar"));
            System.out.println(BORDER);
            open(Execution.fused());
            System.out.println(BORDER);
            open(Execution.fused());
        }

        private static void open(Execution execution) {
            execution.open(List.of(), WeightSource.init(1)).close();
        }
    }
}
