package org.ttt4j.cli;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Callable;
import org.nd4j.linalg.factory.Nd4j;
import org.ttt4j.config.LlamaConfig;
import org.ttt4j.config.MambaConfig;
import org.ttt4j.config.ModelConfig;
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
    /** Lengths of text, in tokens, at which a KV cache is set against the state. */
    private static final List<Integer> CONTEXTS = List.of(2048, 8192, 32768);

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
        PrintWriter out = spec.commandLine().getOut();
        if (model != null) {
            addModel(facts, config());
        }
        facts.forEach((name, value) -> {
            if (!(value instanceof Map)) {
                out.printf("%-17s %s%n", name, value);
            }
        });
        if (model != null) {
            out.printf("%n%s%n", memory(config()));
        }
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

    private ModelConfig config() {
        Path file = Path.of(model).resolve("config.json");
        return Files.exists(file) ? ModelConfig.read(file) : TTTConfig.preset(model);
    }

    private void addModel(Map<String, Object> facts, ModelConfig c) {
        facts.put("model", model);
        facts.put("mixer", c.mixer().toString());
        facts.put("backbone", c.backboneName());
        facts.put("layers", c.layers());
        facts.put("hidden_size", c.hiddenSize());
        if (c instanceof TTTConfig ttt) {
            facts.put("heads", ttt.heads());
            facts.put("mini_batch", ttt.miniBatch());
        } else if (c instanceof LlamaConfig llama) {
            facts.put("heads", llama.heads());
            facts.put("key_value_heads", llama.keyValueHeads());
        } else if (c instanceof MambaConfig mamba) {
            facts.put("state_size", mamba.stateSize());
        }
        facts.put("vocabulary", c.vocabSize());
        facts.put("parameters", c.parameterCount());
        Map<String, Long> state = new LinkedHashMap<>();
        CONTEXTS.forEach(tokens -> state.put(tokens.toString(), c.stateFloats(tokens) * Float.BYTES));
        facts.put("state_bytes", state);
        for (int type : List.of(Short.BYTES, Float.BYTES)) {
            Map<String, Long> cache = new LinkedHashMap<>();
            CONTEXTS.forEach(tokens -> cache.put(tokens.toString(), keyValueBytes(c, tokens, type)));
            facts.put("kv_cache_bytes_float" + Byte.SIZE * type, cache);
        }
    }

    /** What an attention model of the same width and depth keeps of a text: a key and a value for each token and layer. */
    private static long keyValueBytes(ModelConfig c, long tokens, int bytesOfNumber) {
        return 2 * tokens * c.layers() * c.hiddenSize() * bytesOfNumber;
    }

    private static Table memory(ModelConfig c) {
        Table table = new Table("memory of a text, MiB", "state", "KV cache float16", "KV cache float32");
        for (int tokens : CONTEXTS) {
            table.row(
                    String.format(Locale.ROOT, "%,d tokens", tokens),
                    mib(c.stateFloats(tokens) * Float.BYTES),
                    mib(keyValueBytes(c, tokens, Short.BYTES)),
                    mib(keyValueBytes(c, tokens, Float.BYTES)));
        }
        return table;
    }

    private static String mib(long bytes) {
        return String.format(Locale.ROOT, "%,.2f", (double) bytes / MIB);
    }
}
