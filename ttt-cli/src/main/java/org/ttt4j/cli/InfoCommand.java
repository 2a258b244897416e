package org.ttt4j.cli;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Callable;
import org.nd4j.linalg.factory.Nd4j;
import org.ttt4j.kernel.InnerKernels;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What runs here: versions, the computing backend, the machine. */
@Command(name = "info", description = "Show versions, the computing backend and the machine.")
final class InfoCommand implements Callable<Integer> {

    private static final long MIB = 1 << 20;

    @Mixin
    private CommonOptions common;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("ttt4j", Ttt.Version.version());
        addJava(facts);
        addBackend(facts);
        addMachine(facts);
        facts.put("kernel", InnerKernels.reason());
        facts.put("threads", common.threads());
        PrintWriter out = spec.commandLine().getOut();
        facts.forEach((name, value) -> out.printf("%-17s %s%n", name, value));
        out.flush();
        try (Json json = common.openJson()) {
            json.line(facts);
        }
        return 0;
    }

    private static void addJava(Map<String, Object> facts) {
        facts.put("java", System.getProperty("java.vm.name") + " " + Runtime.version());
        facts.put("heap_limit_mib", Runtime.getRuntime().maxMemory() / MIB);
    }

    private static void addBackend(Map<String, Object> facts) throws IOException {
        facts.put("nd4j", nd4jVersion());
        facts.put("nd4j_backend", Nd4j.getBackend().getClass().getSimpleName());
        facts.put("nd4j_blas", Nd4j.factory().blas().getBlasVendor());
        facts.put("nd4j_threads", Nd4j.getEnvironment().maxMasterThreads());
        facts.put("blas_threads", Nd4j.factory().blas().getMaxThreads());
    }

    private static String nd4jVersion() throws IOException {
        Properties built = new Properties();
        try (InputStream in = Nd4j.class.getResourceAsStream("/META-INF/maven/org.nd4j/nd4j-api/pom.properties")) {
            built.load(in);
        }
        return built.getProperty("version");
    }

    private static void addMachine(Map<String, Object> facts) {
        facts.put("system", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
        facts.put("cores", Runtime.getRuntime().availableProcessors());
        if (ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean machine) {
            facts.put("memory_mib", machine.getTotalMemorySize() / MIB);
        }
    }
}
