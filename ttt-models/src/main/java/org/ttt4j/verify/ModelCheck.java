package org.ttt4j.verify;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.ttt4j.config.ModelConfig;
import org.ttt4j.execution.Execution;
import org.ttt4j.lm.CausalLM;
import org.ttt4j.lm.LanguageModel;
import org.ttt4j.lm.LossGradients;
import org.ttt4j.ops.SequenceState;
import org.ttt4j.ops.State;
import org.ttt4j.safetensors.SafetensorsFile;
import org.ttt4j.safetensors.StoredWeights;

/** A language model's cases: a full forward, prefill and decoding, loss and gradients. */
final class ModelCheck implements AutoCloseable {

    /** Tensors of states whose names in the cases are others. */
    private static final Map<String, String> NAMES = Map.of("key_cache", "k", "value_cache", "v");

    /** Tensors of states that cases do not have. */
    private static final Set<String> NOT_STORED = Set.of("lengths");

    private final LanguageModel<?> model;
    private final Limits limits;

    ModelCheck(Path directory, ModelConfig config, Execution execution) {
        limits = Limits.of(execution.dataType(), config);
        try (SafetensorsFile weights = SafetensorsFile.open(directory.resolve("model.safetensors"))) {
            model = LanguageModel.open(CausalLM.of(config), new StoredWeights(weights), execution);
        }
    }

    FileReport forward(SafetensorsFile file, String name) {
        Comparison c = new Comparison(file, limits, Set.of("input_ids"));
        int[][] ids = ids(file, "input_ids");
        SequenceState state = model.newState(ids.length);
        LanguageModel.Activations a = model.activations(ids, state);
        for (int i = 0; i < a.hidden().size(); i++) {
            c.forward("hidden." + i, a.hidden().get(i));
        }
        c.forward("hidden.final", a.last());
        c.forward("logits", a.logits());
        compareState(c, "cache", state);
        return c.report(name);
    }

    FileReport decode(SafetensorsFile file, String name) {
        Comparison c = new Comparison(file, limits, Set.of("prompt_ids", "decode_ids"));
        int[][] prompt = ids(file, "prompt_ids");
        int[][] decode = ids(file, "decode_ids");
        SequenceState state = model.newState(prompt.length);
        if (prompt[0].length > 0) {
            c.forward("prefill_logits", model.forward(prompt, state));
        }
        List<INDArray> steps = new ArrayList<>();
        for (int t = 0; t < decode[0].length; t++) {
            int step = t;
            int[][] one = Arrays.stream(decode).map(s -> new int[] {s[step]}).toArray(int[][]::new);
            steps.add(model.forward(one, state));
        }
        c.forward("decode_logits", Nd4j.concat(1, steps.toArray(INDArray[]::new)));
        compareState(c, "cache_after", state);

        int[][] all = new int[prompt.length][];
        for (int b = 0; b < all.length; b++) {
            all[b] = Arrays.copyOf(prompt[b], prompt[b].length + decode[b].length);
            System.arraycopy(decode[b], 0, all[b], prompt[b].length, decode[b].length);
        }
        INDArray full = model.forward(all, model.newState(all.length));
        c.forward(
                "full_logits",
                full.get(
                        NDArrayIndex.all(),
                        NDArrayIndex.interval(prompt[0].length, all[0].length),
                        NDArrayIndex.all()));
        return c.report(name);
    }

    FileReport gradients(SafetensorsFile file, String name) {
        Comparison c = new Comparison(file, limits, Set.of("input_ids"));
        int[][] ids = ids(file, "input_ids");
        int[][] targets = Arrays.stream(ids).map(ModelCheck::shifted).toArray(int[][]::new);
        LossGradients g = model.lossGradients(ids, targets, model.newState(ids.length));
        c.forward("loss", Nd4j.createFromArray(g.loss()));
        g.params().forEach((key, d) -> c.gradient("grad." + key, d));
        return c.report(name);
    }

    /** The next token of each; none after the last. */
    private static int[] shifted(int[] ids) {
        int[] targets = Arrays.copyOfRange(ids, 1, ids.length + 1);
        targets[ids.length - 1] = -1;
        return targets;
    }

    /**
     * The state under the names of the stored cases: {@code cache.W1_states.0} for a tensor of block 0; of Mamba's
     * {@code conv_state.0}.
     *
     * @param prefix cache or cache_after
     */
    private static void compareState(Comparison c, String prefix, SequenceState state) {
        for (Map.Entry<String, INDArray> e : state.save(State.Form.CACHE).entrySet()) {
            String[] parts = e.getKey().split("\\."); // model.layers.0. ... .W1_states
            String tensor = parts[parts.length - 1];
            if (parts.length > 3 && !NOT_STORED.contains(tensor)) {
                String name = tensor.endsWith("_state")
                        ? tensor + prefix.substring("cache".length())
                        : prefix + "." + NAMES.getOrDefault(tensor, tensor);
                c.forward(name + "." + parts[2], e.getValue());
            }
        }
    }

    /** Token ids of a file, [B, L]. */
    static int[][] ids(SafetensorsFile file, String name) {
        long[] shape = file.info(name).shape();
        long[] flat = file.readLongs(name);
        int[][] ids = new int[(int) shape[0]][(int) shape[1]];
        for (int i = 0; i < flat.length; i++) {
            ids[i / (int) shape[1]][i % (int) shape[1]] = Math.toIntExact(flat[i]);
        }
        return ids;
    }

    @Override
    public void close() {
        model.close();
    }
}
