package org.ttt4j.cli;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Callable;
import org.nd4j.linalg.factory.Nd4j;
import org.ttt4j.config.TTTConfig;
import org.ttt4j.kernel.InnerKernels;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What runs here: versions, the computing backend, the machine; and what a model is made of. */
@Command(
        name = "info",
        description = "Show versions, the computing backend and the machine, and what a model is made of.")
final class InfoCommand implements Callable<Integer> {

    private static final long MIB = 1 << 20;

    @Mixin
    private CommonOptions common;

    @Option(
            names = "--model",
            paramLabel = "MODEL",
            description = "Also describe a model: a directory with a config.json, or a preset (125m, demo, ...).")
    private String model;

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
        if (model != null) {
            addModel(facts);
        }
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

    private void addModel(Map<String, Object> facts) {
        Path config = Path.of(model).resolve("config.json");
        TTTConfig c = Files.exists(config) ? TTTConfig.read(config) : TTTConfig.preset(model);
        facts.put("model", model);
        facts.put("inner_model", "ttt-" + c.inner().key());
        facts.put(
                "backbone",
                c.backbone().map(b -> b.name().toLowerCase(Locale.ROOT)).orElse("mixed"));
        facts.put("layers", c.layers());
        facts.put("hidden_size", c.hiddenSize());
        facts.put("heads", c.heads());
        facts.put("mini_batch", c.miniBatch());
        facts.put("vocabulary", c.vocabSize());
        facts.put("parameters", c.parameterCount());
        // Memory of one text, whatever its length; an unfinished mini-batch comes on top.
        facts.put("state_bytes", Float.BYTES * c.innerStateFloats() * c.layers());
    }
}
