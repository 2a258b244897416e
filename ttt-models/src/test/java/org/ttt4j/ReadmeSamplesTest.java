package org.ttt4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The README's Java samples compile and run as they stand. */
class ReadmeSamplesTest {

    private static final Pattern SAMPLE = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
    private static final Pattern NAME = Pattern.compile("public class (\\w+)");

    @TempDir
    private Path directory;

    private record Sample(String name, String source) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Sample> samples() throws IOException {
        return SAMPLE.matcher(Files.readString(Path.of("../README.md")))
                .results()
                .map(m -> new Sample(name(m.group(1)), m.group(1)))
                .toList();
    }

    private static String name(String source) {
        Matcher m = NAME.matcher(source);
        assertTrue(m.find(), "a sample is a public class");
        return m.group(1);
    }

    @Test
    void theyAreAllThere() throws IOException {
        assertEquals(
                List.of("BareLayer", "Generate", "Train", "OwnInnerModel"),
                samples().stream().map(Sample::name).toList());
    }

    @Test
    void anOwnInnerModelTakesFewerThan30Lines() throws IOException {
        String source = samples().get(3).source();
        String model = source.substring(source.indexOf("/** f(x)"), source.indexOf("public static void main"));
        assertTrue(model.strip().lines().count() < 30, model);
    }

    @ParameterizedTest
    @MethodSource("samples")
    void runs(Sample sample) throws Exception {
        Path file = Files.writeString(directory.resolve(sample.name() + ".java"), sample.source());
        StringWriter errors = new StringWriter();
        boolean compiled = ToolProvider.getSystemJavaCompiler()
                .getTask(
                        errors,
                        null,
                        null,
                        List.of("-proc:none", "-d", directory.toString(), "-cp", System.getProperty("java.class.path")),
                        null,
                        ToolProvider.getSystemJavaCompiler()
                                .getStandardFileManager(null, null, StandardCharsets.UTF_8)
                                .getJavaFileObjects(file))
                .call();
        assertTrue(compiled, errors.toString());
        assertFalse(run(sample.name()).isBlank(), "a sample prints something");
    }

    private String run(String name) throws Exception {
        PrintStream out = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        URL[] classes = {directory.toUri().toURL()};
        try (URLClassLoader loader = new URLClassLoader(classes, getClass().getClassLoader())) {
            System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
            loader.loadClass(name).getMethod("main", String[].class).invoke(null, (Object) new String[0]);
        } finally {
            System.setOut(out);
        }
        return printed.toString(StandardCharsets.UTF_8);
    }
}
