package org.ttt4j.bench.sweep;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.factory.Nd4j;
import org.ttt4j.checkpoint.Environment;
import org.ttt4j.kernel.InnerKernels;

/**
 * Where figures come from.
 *
 * @param version of this library
 * @param jdk the virtual machine and its version
 * @param jvmOptions that the measuring JVMs are started with
 * @param kernel the fastest there, and why
 * @param backend ND4J's, with its BLAS
 * @param cpu the processor's name
 * @param cores that the JVM may use
 * @param system operating system and architecture
 * @param memoryMib of the machine
 * @param heapMib the most that a JVM's heap may take
 * @param time when the run began
 */
public record RunEnvironment(
        String version,
        String jdk,
        List<String> jvmOptions,
        String kernel,
        String backend,
        String cpu,
        int cores,
        String system,
        long memoryMib,
        long heapMib,
        String time) {

    private static final long MIB = 1 << 20;

    public RunEnvironment {
        jvmOptions = List.copyOf(jvmOptions);
    }

    /** What runs here and now. */
    public static RunEnvironment here() {
        String version = RunEnvironment.class.getPackage().getImplementationVersion();
        return new RunEnvironment(
                version == null ? "(not packaged)" : version,
                System.getProperty("java.vm.name") + " " + Runtime.version(),
                jvmArguments(),
                InnerKernels.reason(),
                Nd4j.getBackend().getClass().getSimpleName() + ", "
                        + Nd4j.factory().blas().getBlasVendor(),
                Environment.processor(),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.name") + " " + System.getProperty("os.arch"),
                ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean machine
                        ? machine.getTotalMemorySize() / MIB
                        : 0,
                Runtime.getRuntime().maxMemory() / MIB,
                Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    }

    /** What this JVM was started with, but for agents and what concerns the command only: those that it starts get it too. */
    static List<String> jvmArguments() {
        return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> !argument.startsWith("-Dttt.") && !argument.startsWith("-javaagent"))
                .toList();
    }

    /** What may explain that figures differ, with a name each; the time is no part of it. */
    public Map<String, String> facts() {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("ttt4j", version);
        facts.put("JDK", jdk);
        facts.put("JVM options", String.join(" ", jvmOptions));
        facts.put("kernel", kernel);
        facts.put("ND4J backend", backend);
        facts.put("processor", cpu);
        facts.put("cores", Integer.toString(cores));
        facts.put("system", system);
        facts.put("memory, MiB", Long.toString(memoryMib));
        facts.put("heap up to, MiB", Long.toString(heapMib));
        return facts;
    }
}
