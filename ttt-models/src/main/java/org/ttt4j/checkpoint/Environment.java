package org.ttt4j.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.ttt4j.ops.Executor;

/**
 * What floating-point results may depend on besides the data and the seeds. The number of threads is no part of it.
 *
 * @param version of this library
 * @param jdk the virtual machine and its version
 * @param kernel which arithmetic runs
 * @param cpu the processor
 */
public record Environment(String version, String jdk, String kernel, String cpu) {

    private static final Path LINUX_CPU = Path.of("/proc/cpuinfo");

    /** What runs here and now. */
    public static Environment of(Executor<?> executor) {
        String version = Environment.class.getPackage().getImplementationVersion();
        return new Environment(
                version == null ? "(not packaged)" : version,
                System.getProperty("java.vm.name") + " " + Runtime.version(),
                executor.description(),
                processor());
    }

    /** The processor's name where the system tells it without native code, else its family. */
    public static String processor() {
        String name = System.getenv("PROCESSOR_IDENTIFIER");
        if (name == null && Files.isReadable(LINUX_CPU)) {
            try (Stream<String> lines = Files.lines(LINUX_CPU)) {
                name = lines.filter(line -> line.startsWith("model name"))
                        .map(line -> line.substring(line.indexOf(':') + 1).strip())
                        .findFirst()
                        .orElse(null);
            } catch (IOException e) {
                name = null; // the family must do
            }
        }
        return name == null ? System.getProperty("os.arch") : name;
    }
}
