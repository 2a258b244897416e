package org.ttt4j.bench;

import java.util.Locale;
import java.util.Random;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.ttt4j.checkpoint.Environment;
import org.ttt4j.config.Backbone;
import org.ttt4j.config.MixerKind;
import org.ttt4j.config.ModelConfig;
import org.ttt4j.execution.Execution;
import org.ttt4j.lm.CausalLM;
import org.ttt4j.lm.LanguageModel;
import org.ttt4j.matrix.WeightType;
import org.ttt4j.ops.SequenceState;
import org.ttt4j.reference.InnerForm;
import org.ttt4j.speed.RandomWeights;
import org.ttt4j.tensor.TttException;

/** The model that a benchmark runs: a named size with random weights. */
@State(Scope.Benchmark)
public class BenchModel {

    /** The mixer's own backbone. */
    public static final String OWN = "own";

    /** The system property that is true where nobody reads what a measuring JVM prints. */
    public static final String QUIET = "ttt.bench.quiet";

    private static final long SEED = 1;
    /** Of the heap; the rest is for activations, logits and garbage. */
    private static final double USABLE = 0.9;
    /** Weights as they are given and packed for products. */
    private static final int COPIES_OF_WEIGHTS = 2;

    private static final double GIB = 1L << 30;

    @Param({"TTT_LINEAR", "TTT_MLP", "ATTENTION", "MAMBA"})
    public MixerKind mixer;

    /** own, mamba or transformer. */
    @Param(OWN)
    public String backbone;

    /** A size by name, from tiny to 1b. */
    @Param("125m")
    public String preset;

    /** Sequences side by side. */
    @Param("1")
    public int batch;

    @Param("FLOAT32")
    public WeightType weights;

    /** 0 for all cores. */
    @Param("0")
    public int threads;

    /** auto, vector, blas, scalar or reference. */
    @Param(Execution.AUTO)
    public String kernel;

    private final Random random = new Random(SEED);
    private ModelConfig config;
    private LanguageModel<?> model;

    @Setup(Level.Trial)
    public void open() {
        config = config(mixer, backbone, preset);
        Execution execution = new Execution(kernel, DataType.FLOAT, InnerForm.DUAL, threads(), weights);
        requireHeap("weights", 0);
        model = LanguageModel.open(CausalLM.of(config), new RandomWeights(SEED), execution);
        if (!Boolean.getBoolean(QUIET)) {
            tell();
        }
    }

    private void tell() {
        System.out.printf(
                "# %s, %s; %s, threads: %d; ND4J %s; heap up to %.1f GiB%n",
                Environment.processor(),
                Runtime.version(),
                model.executor().description(),
                threads(),
                Nd4j.getBackend().getClass().getSimpleName(),
                Runtime.getRuntime().maxMemory() / GIB);
    }

    @TearDown(Level.Trial)
    public void close() {
        model.close();
    }

    /**
     * A model by names.
     *
     * @param backbone {@link #OWN}, or a backbone's name
     */
    public static ModelConfig config(MixerKind mixer, String backbone, String preset) {
        ModelConfig config = ModelConfig.preset(mixer, preset);
        return backbone.equals(OWN) ? config : config.withBackbone(Backbone.valueOf(backbone.toUpperCase(Locale.ROOT)));
    }

    LanguageModel<?> model() {
        return model;
    }

    ModelConfig config() {
        return config;
    }

    private int threads() {
        return threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
    }

    /** Random tokens, [B][length]. */
    int[][] ids(int length) {
        int[][] ids = new int[batch][];
        for (int b = 0; b < batch; b++) {
            ids[b] = random.ints(length, 0, config.vocabSize()).toArray();
        }
        return ids;
    }

    /** The state of texts of so many tokens, all at their starts or all filled. */
    SequenceState filled(int context) {
        requireHeap(context + " tokens of context", stateBytes(context));
        return FilledState.of(model, batch, context, random);
    }

    /** Bytes that a state takes after so many tokens, by the configuration. */
    long stateBytes(int context) {
        return config.stateFloats(context) * batch * Float.BYTES;
    }

    /**
     * A cell that would end in an OutOfMemoryError, or in a collector that runs without end, says so at once.
     *
     * @param what asks for memory
     * @param bytes that it needs beside the weights
     */
    void requireHeap(String what, long bytes) {
        double weightBytes = (double) COPIES_OF_WEIGHTS * config.parameterCount() * Float.BYTES;
        double heap = USABLE * Runtime.getRuntime().maxMemory();
        if (weightBytes + bytes > heap) {
            throw TttException.mismatch(
                    what + ", memory",
                    String.format(Locale.ROOT, "at most %.1f GiB, %.0f %% of the heap", heap / GIB, 100 * USABLE),
                    String.format(Locale.ROOT, "%.1f GiB with the weights", (weightBytes + bytes) / GIB));
        }
    }
}
