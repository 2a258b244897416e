package org.ttt4j.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.ttt4j.tensor.TttException;

class InnerKernelsTest {

    @Test
    void vectorsAreChosenWhereTheyAre() {
        assertEquals(List.of("vector", "blas", "scalar"), InnerKernels.names());
        assertEquals("vector", InnerKernels.best().name());
        assertEquals("scalar", InnerKernels.named("scalar").name());
        TttException e = assertThrows(TttException.class, () -> InnerKernels.named("quantum"));
        assertTrue(e.getMessage().contains("[vector, blas, scalar]"), e.getMessage());
    }

    /** A program that has the library and a backend as plain dependencies, in a JVM without the module. */
    @Test
    void withoutTheModuleTheBlasKernelRuns() throws IOException, InterruptedException {
        String said = run(path -> true);
        assertTrue(said.startsWith("blas of [blas, scalar]; blas:"), said);
        assertTrue(said.contains(VectorApi.FLAG), said);
    }

    @Test
    void withoutModuleAndBlasTheScalarKernelRuns() throws IOException, InterruptedException {
        String said = run(path -> !path.contains("openblas"));
        assertTrue(said.startsWith("scalar of [scalar]; scalar:"), said);
        assertTrue(said.contains(VectorApi.FLAG), said);
    }

    private static String run(Predicate<String> wanted) throws IOException, InterruptedException {
        String separator = System.getProperty("path.separator");
        String classPath = Stream.of(System.getProperty("java.class.path").split(Pattern.quote(separator)))
                .filter(wanted)
                .collect(Collectors.joining(separator));
        Process plain = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-cp",
                        classPath,
                        Plain.class.getName())
                .redirectErrorStream(true)
                .start();
        String said = new String(plain.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, plain.waitFor(), said);
        return said.substring(said.lastIndexOf('\n', said.length() - 2) + 1); // newer JVMs warn of native code first
    }

    static final class Plain {
        public static void main(String[] args) {
            InnerShape shape = InnerShape.mlp(1, 6, 4);
            InnerCase c = new InnerCase(shape, 1);
            InnerChunk chunk = c.chunk(new int[1], new int[] {5}, 5);
            try (FusedInnerLoop loop = new FusedInnerLoop(InnerKernels.best(), shape, new Workers(1))) {
                loop.forward(c.weights, c.state(1), chunk, new float[chunk.q().length]);
            }
            System.out.println(
                    InnerKernels.best().name() + " of " + InnerKernels.names() + "; " + InnerKernels.reason());
        }
    }
}
