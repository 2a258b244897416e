package org.ttt4j.jax;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.ttt4j.tensor.TttException;

/** Configurations of the authors' JAX code, by name or by key, as the keys of a {@code config.json}. */
final class JaxConfig {

    private static final String BLOCK = "seq_modeling_block";
    private static final String ATTENTION = "self_attention";

    /** Keys that mean the same in both. */
    private static final List<String> SHARED = List.of(
            "vocab_size",
            "hidden_size",
            "intermediate_size",
            "num_hidden_layers",
            "num_attention_heads",
            "initializer_range",
            "rms_norm_eps",
            "rope_theta",
            "tie_word_embeddings");

    /** Keys of a TTT model that mean the same in both. */
    private static final List<String> SHARED_TTT = List.of("mini_batch_size", "ttt_base_lr", "pre_conv");

    /** Keys that only training reads, or nothing does. */
    private static final Set<String> TRAINING = Set.of(
            "use_cache",
            "use_rotary_emb",
            "ttt_base_lr_init",
            "ttt_base_lr_warmup",
            "embd_pdrop",
            "attn_pdrop",
            "resid_pdrop");

    private static final List<String> TRAINING_PREFIXES = List.of("remat_", "scan_", "fcm_");

    private JaxConfig() {}

    /**
     * A configuration by the authors' name, with their keys; null if there is none of that name.
     *
     * @param name 125m, 350m, 760m or 1b, for a TTT model followed by {@code -TTT}
     */
    static Map<String, Object> named(String name) {
        String word = name.toLowerCase(Locale.ROOT);
        boolean ttt = word.endsWith("-ttt");
        String size = ttt ? word.substring(0, word.length() - 4) : word;
        Map<String, Object> keys = new LinkedHashMap<>();
        switch (size) {
            case "125m" -> sizes(keys, 768, 2048, 12, 12);
            case "350m" -> sizes(keys, 1024, 2736, 24, 16);
            case "760m" -> sizes(keys, 1536, 4096, 24, 16);
            case "1b", "1.3b" -> sizes(keys, 2048, 5504, 24, 32);
            default -> {
                return null;
            }
        }
        keys.put("tie_word_embeddings", true);
        keys.put("rope_theta", 10000.0);
        keys.put("pre_conv", ttt);
        keys.put(BLOCK, ttt ? "ttt_linear" : ATTENTION);
        if (ttt) {
            keys.put("ttt_base_lr", 1.0);
            keys.put("mini_batch_size", 16);
            keys.put("conv_width", 4);
        }
        return keys;
    }

    private static void sizes(Map<String, Object> keys, int hidden, int intermediate, int layers, int heads) {
        keys.put("hidden_size", hidden);
        keys.put("intermediate_size", intermediate);
        keys.put("num_hidden_layers", layers);
        keys.put("num_attention_heads", heads);
    }

    /** Whether keys are those of the JAX code. */
    static boolean isJax(Map<String, ?> keys) {
        return keys.containsKey(BLOCK);
    }

    /** Whether the JAX code knows the key; other keys are those of a {@code config.json}. */
    static boolean isKey(String key) {
        return SHARED.contains(key)
                || SHARED_TTT.contains(key)
                || isTraining(key)
                || List.of(BLOCK, "conv_width", "max_sequence_length").contains(key);
    }

    private static boolean isTraining(String key) {
        return TRAINING.contains(key) || TRAINING_PREFIXES.stream().anyMatch(key::startsWith);
    }

    /**
     * The keys of a {@code config.json} that say the same. What is not given has the JAX code's defaults; what training alone
     * reads is left out.
     *
     * @throws TttException naming a key without a default that is missing, or one whose value has no counterpart
     */
    static Map<String, Object> translate(Map<String, Object> jax) {
        Map<String, Object> keys = new LinkedHashMap<>(defaults());
        SHARED.forEach(key -> copy(jax, key, keys, key));
        copy(jax, "max_sequence_length", keys, "max_position_embeddings");
        require(jax, "rope_theta");
        String block = String.valueOf(require(jax, BLOCK));
        if (block.equals(ATTENTION)) {
            attention(jax, keys);
        } else {
            ttt(jax, block, keys);
        }
        jax.forEach((key, value) -> {
            if (!isKey(key)) {
                keys.put(key, value);
            }
        });
        return keys;
    }

    private static Map<String, Object> defaults() {
        Map<String, Object> keys = new LinkedHashMap<>();
        keys.put("vocab_size", 32000);
        sizes(keys, 4096, 11008, 32, 32);
        keys.put("max_position_embeddings", 2048);
        keys.put("initializer_range", 0.02);
        keys.put("rms_norm_eps", 1e-6);
        keys.put("tie_word_embeddings", false);
        keys.put("hidden_act", "silu");
        return keys;
    }

    private static void ttt(Map<String, Object> jax, String block, Map<String, Object> keys) {
        boolean base = block.endsWith("_base");
        String inner =
                switch (base ? block.substring(0, block.length() - "_base".length()) : block) {
                    case "ttt_linear" -> "linear";
                    case "ttt_mlp" -> "mlp";
                    default ->
                        throw TttException.mismatch(
                                BLOCK, "self_attention, ttt_linear, ttt_mlp, ttt_linear_base or ttt_mlp_base", block);
                };
        keys.put("model_type", "ttt");
        keys.put("architectures", List.of("TTTForCausalLM"));
        keys.put("ttt_layer_type", inner);
        keys.put("use_gate", !base);
        keys.put("share_qk", !base);
        SHARED_TTT.forEach(key -> keys.put(key, require(jax, key)));
        if (!base || Boolean.TRUE.equals(jax.get("pre_conv"))) {
            require(jax, "conv_width");
        }
        copy(jax, "conv_width", keys, "conv_kernel");
    }

    private static void attention(Map<String, Object> jax, Map<String, Object> keys) {
        keys.put("pre_conv", require(jax, "pre_conv"));
        if (Boolean.TRUE.equals(jax.get("pre_conv"))) {
            keys.put("conv_kernel", require(jax, "conv_width"));
        }
        keys.put("model_type", "llama");
        keys.put("architectures", List.of("LlamaForCausalLM"));
        keys.put("num_key_value_heads", keys.get("num_attention_heads"));
        keys.put("attention_bias", false);
        keys.put("mlp_bias", false);
    }

    private static void copy(Map<String, Object> from, String key, Map<String, Object> to, String name) {
        if (from.containsKey(key)) {
            to.put(name, from.get(key));
        }
    }

    private static Object require(Map<String, Object> keys, String key) {
        Object value = keys.get(key);
        if (value == null) {
            throw TttException.mismatch(key, "a value: the JAX code has no default", "none");
        }
        return value;
    }
}
