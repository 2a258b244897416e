package org.ttt4j.config;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;

/** Llama's configurations as JSON with Hugging Face's keys. */
final class LlamaJson {

    private static final String FEATURE_MAP = "feature_map";
    private static final String NONE = "none";
    private static final String ELU = "elu_plus_one";

    private LlamaJson() {}

    static LlamaConfig of(Keys keys) {
        keys.word("hidden_act", "silu", "silu");
        keys.absent("rope_scaling");
        keys.flag("mlp_bias", false, false);
        String type = keys.word(
                Keys.MODEL_TYPE, LlamaConfig.MODEL_TYPE, LlamaConfig.MODEL_TYPE, LlamaConfig.LINEAR_MODEL_TYPE);
        int hidden = keys.integer("hidden_size", 4096);
        int heads = keys.integer("num_attention_heads", 32);
        Integer keyValueHeads = keys.integerOrNull("num_key_value_heads", null);
        Integer headSize = keys.integerOrNull("head_dim", null);
        return new LlamaConfig(
                keys.integer("vocab_size", 32000),
                hidden,
                keys.integer("intermediate_size", 11008),
                keys.integer("num_hidden_layers", 32),
                heads,
                keyValueHeads == null ? heads : keyValueHeads,
                headSize == null ? Checks.headSize(hidden, heads) : headSize,
                type.equals(LlamaConfig.MODEL_TYPE) ? MixerKind.ATTENTION : linear(keys),
                keys.flag("attention_bias", false),
                keys.flag("pre_conv", false),
                keys.integer("conv_kernel", 4),
                keys.flag("tie_word_embeddings", false),
                keys.number("rms_norm_eps", 1e-6),
                keys.number("rope_theta", 10000.0),
                keys.number("initializer_range", 0.02),
                keys.integer("max_position_embeddings", 2048),
                keys.flag("use_cache", true),
                keys.integerOrNull("pad_token_id", null),
                keys.integerOrNull("bos_token_id", 1),
                keys.integerOrNull("eos_token_id", 2),
                keys.extra());
    }

    private static MixerKind linear(Keys keys) {
        return keys.word(FEATURE_MAP, NONE, NONE, ELU).equals(NONE)
                ? MixerKind.LINEAR_ATTENTION
                : MixerKind.NORMALISED_LINEAR_ATTENTION;
    }

    static ObjectNode toTree(LlamaConfig c) {
        boolean softmax = c.mixer() == MixerKind.ATTENTION;
        Map<String, Object> keys = new LinkedHashMap<>();
        keys.put(Keys.MODEL_TYPE, softmax ? LlamaConfig.MODEL_TYPE : LlamaConfig.LINEAR_MODEL_TYPE);
        keys.put("vocab_size", c.vocabSize());
        keys.put("hidden_size", c.hiddenSize());
        keys.put("intermediate_size", c.intermediateSize());
        keys.put("num_hidden_layers", c.layers());
        keys.put("num_attention_heads", c.heads());
        keys.put("num_key_value_heads", c.keyValueHeads());
        keys.put("head_dim", c.headSize());
        if (!softmax) {
            keys.put(FEATURE_MAP, c.mixer() == MixerKind.LINEAR_ATTENTION ? NONE : ELU);
        }
        keys.put("hidden_act", "silu");
        keys.put("max_position_embeddings", c.maxPositionEmbeddings());
        keys.put("initializer_range", c.initializerRange());
        keys.put("rms_norm_eps", c.rmsNormEps());
        keys.put("use_cache", c.useCache());
        keys.put("pad_token_id", c.padTokenId());
        keys.put("bos_token_id", c.bosTokenId());
        keys.put("eos_token_id", c.eosTokenId());
        keys.put("tie_word_embeddings", c.tieWordEmbeddings());
        keys.put("rope_theta", c.ropeTheta());
        keys.put("rope_scaling", null);
        keys.put("attention_bias", c.attentionBias());
        keys.put("mlp_bias", false);
        keys.put("pre_conv", c.preConv());
        keys.put("conv_kernel", c.convKernel());
        keys.putAll(c.extra());
        return ConfigJson.tree(keys);
    }

    static LlamaConfig withMixer(LlamaConfig c, MixerKind kind) {
        ObjectNode tree = toTree(c);
        boolean softmax = kind == MixerKind.ATTENTION;
        tree.put(Keys.MODEL_TYPE, softmax ? LlamaConfig.MODEL_TYPE : LlamaConfig.LINEAR_MODEL_TYPE);
        tree.remove(FEATURE_MAP);
        if (!softmax) {
            tree.put(FEATURE_MAP, kind == MixerKind.LINEAR_ATTENTION ? NONE : ELU);
        }
        return of(new Keys(tree));
    }
}
