package org.ttt4j.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ttt4j.tensor.TttException;

/** The sizes of the paper (appendix C, with the authors' head sizes), and small ones over bytes. */
final class Presets {

    private static final Map<String, String> ARCHITECTURES = Map.of(
            TTTConfig.MODEL_TYPE, "TTTForCausalLM",
            LlamaConfig.MODEL_TYPE, "LlamaForCausalLM",
            MambaConfig.MODEL_TYPE, "MambaForCausalLM");
    private static final Map<String, Size> SIZES = new LinkedHashMap<>();

    static {
        SIZES.put("tiny", Size.ofBytes(64, 176, 2, 4));
        SIZES.put("demo", Size.ofBytes(128, 352, 4, 4));
        SIZES.put("small", Size.ofBytes(256, 688, 6, 4));
        SIZES.put("125m", Size.ofPaper(768, 2048, 12, 12));
        SIZES.put("350m", Size.ofPaper(1024, 2736, 24, 16));
        SIZES.put("760m", Size.ofPaper(1536, 4096, 24, 16));
        SIZES.put("1b", Size.ofPaper(2048, 5504, 24, 32));
    }

    private Presets() {}

    static List<String> names() {
        return List.copyOf(SIZES.keySet());
    }

    /** The keys of a model of that size and type. */
    static Keys of(String name, String modelType) {
        Size size = SIZES.get(name);
        if (size == null) {
            throw TttException.mismatch("preset", "one of " + SIZES.keySet(), name);
        }
        Map<String, Object> keys = new LinkedHashMap<>();
        boolean mamba = modelType.equals(MambaConfig.MODEL_TYPE);
        keys.put("vocab_size", size.vocab);
        keys.put("hidden_size", size.hidden);
        if (!mamba) {
            keys.put("intermediate_size", size.intermediate);
            keys.put("num_attention_heads", size.heads);
        }
        keys.put("num_hidden_layers", mamba ? 2 * size.layers : size.layers);
        keys.put("bos_token_id", size.bos);
        keys.put("eos_token_id", size.eos);
        keys.put("tie_word_embeddings", true);
        keys.put(Keys.MODEL_TYPE, modelType);
        keys.put("architectures", List.of(ARCHITECTURES.get(modelType)));
        return new Keys(ConfigJson.tree(keys));
    }

    private record Size(int vocab, int hidden, int intermediate, int layers, int heads, int bos, int eos) {

        /** The vocabulary of Llama 2. */
        static Size ofPaper(int hidden, int intermediate, int layers, int heads) {
            return new Size(32000, hidden, intermediate, layers, heads, 1, 2);
        }

        /** 256 bytes and the separator of documents, which begins and ends a text. */
        static Size ofBytes(int hidden, int intermediate, int layers, int heads) {
            return new Size(257, hidden, intermediate, layers, heads, 256, 256);
        }
    }
}
