package org.ttt4j.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.ttt4j.tensor.TttException;

class InnerKernelsTest {

    @Test
    void vectorsAreChosenWhereTheyAre() {
        assertEquals(List.of("vector", "scalar"), InnerKernels.names());
        assertEquals("vector", InnerKernels.best().name());
        assertEquals("scalar", InnerKernels.named("scalar").name());
        TttException e = assertThrows(TttException.class, () -> InnerKernels.named("quantum"));
        assertTrue(e.getMessage().contains("[vector, scalar]"), e.getMessage());
    }

    /** A program that has the library as a plain dependency, in a JVM without the module. */
    @Test
    void withoutTheModuleTheScalarKernelRuns() throws IOException, InterruptedException {
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
        assertTrue(said.startsWith("scalar runs alone; scalar:"), said);
        assertTrue(said.contains(VectorApi.FLAG), said);
    }

    static final class Plain {
        public static void main(String[] args) {
            InnerShape shape = InnerShape.mlp(1, 6, 4);
            InnerCase c = new InnerCase(shape, 1);
            InnerChunk chunk = c.chunk(new int[1], new int[] {5}, 5);
            FusedInnerLoop loop = new FusedInnerLoop(InnerKernels.best(), shape, new Workers(1));
            loop.forward(c.weights, c.state(1), chunk, new float[chunk.q().length]);
            boolean alone = InnerKernels.names().equals(List.of("scalar"));
            System.out.println(InnerKernels.best().name()
                    + (alone ? " runs alone; " : " is one of several; ")
                    + InnerKernels.reason());
        }
    }
}
