package org.ttt4j.config;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;
import org.ttt4j.tensor.TttException;

/** Mamba's configurations as JSON with Hugging Face's keys. */
final class MambaJson {

    private static final String AUTO = "auto";

    private MambaJson() {}

    static MambaConfig of(Keys keys) {
        keys.word(Keys.MODEL_TYPE, MambaConfig.MODEL_TYPE, MambaConfig.MODEL_TYPE);
        keys.word("hidden_act", "silu", "silu");
        int hidden = keys.integer("hidden_size", 768);
        int expand = keys.integer("expand", 2);
        int auto = (hidden + 15) / 16;
        Integer inner = keys.integerOrNull("intermediate_size", null);
        if (inner != null && inner.longValue() != (long) expand * hidden) {
            throw TttException.mismatch("intermediate_size", "expand times hidden_size", inner);
        }
        return new MambaConfig(
                keys.integer("vocab_size", 50280),
                hidden,
                keys.integer("num_hidden_layers", 32),
                expand,
                keys.integer("state_size", 16),
                keys.integer("conv_kernel", 4),
                keys.isWord("time_step_rank", AUTO) ? auto : keys.integer("time_step_rank", auto),
                keys.flag("use_bias", false),
                keys.flag("use_conv_bias", true),
                keys.number("time_step_min", 0.001),
                keys.number("time_step_max", 0.1),
                keys.number("time_step_floor", 1e-4),
                keys.flag("tie_word_embeddings", true),
                keys.number("layer_norm_epsilon", 1e-5),
                keys.number("initializer_range", 0.02),
                keys.flag("use_cache", true),
                keys.integerOrNull("pad_token_id", 0),
                keys.integerOrNull("bos_token_id", 0),
                keys.integerOrNull("eos_token_id", 0),
                keys.extra());
    }

    static ObjectNode toTree(MambaConfig c) {
        Map<String, Object> keys = new LinkedHashMap<>();
        keys.put(Keys.MODEL_TYPE, MambaConfig.MODEL_TYPE);
        keys.put("vocab_size", c.vocabSize());
        keys.put("hidden_size", c.hiddenSize());
        keys.put("num_hidden_layers", c.layers());
        keys.put("expand", c.expand());
        keys.put("state_size", c.stateSize());
        keys.put("conv_kernel", c.convKernel());
        keys.put("time_step_rank", c.timeStepRank());
        keys.put("use_bias", c.useBias());
        keys.put("use_conv_bias", c.useConvBias());
        keys.put("time_step_min", c.timeStepMin());
        keys.put("time_step_max", c.timeStepMax());
        keys.put("time_step_floor", c.timeStepFloor());
        keys.put("hidden_act", "silu");
        keys.put("tie_word_embeddings", c.tieWordEmbeddings());
        keys.put("layer_norm_epsilon", c.layerNormEpsilon());
        keys.put("initializer_range", c.initializerRange());
        keys.put("use_cache", c.useCache());
        keys.put("pad_token_id", c.padTokenId());
        keys.put("bos_token_id", c.bosTokenId());
        keys.put("eos_token_id", c.eosTokenId());
        keys.putAll(c.extra());
        return ConfigJson.tree(keys);
    }
}
