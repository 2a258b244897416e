package org.ttt4j.config;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** TTT configurations as JSON with the authors' keys. */
final class TTTJson {

    private TTTJson() {}

    static ObjectNode toTree(TTTConfig c) {
        Map<String, Object> keys = new LinkedHashMap<>();
        keys.put("vocab_size", c.vocabSize());
        keys.put("hidden_size", c.hiddenSize());
        keys.put("intermediate_size", c.intermediateSize());
        keys.put("num_hidden_layers", c.layers());
        keys.put("num_attention_heads", c.heads());
        keys.put("hidden_act", "silu");
        keys.put("max_position_embeddings", c.maxPositionEmbeddings());
        keys.put("initializer_range", c.initializerRange());
        keys.put("rms_norm_eps", c.rmsNormEps());
        keys.put("use_cache", c.useCache());
        keys.put("pad_token_id", c.padTokenId());
        keys.put("bos_token_id", c.bosTokenId());
        keys.put("eos_token_id", c.eosTokenId());
        keys.put("pretraining_tp", c.pretrainingTp());
        keys.put("tie_word_embeddings", c.tieWordEmbeddings());
        keys.put("rope_theta", c.ropeTheta());
        keys.put("use_gate", c.useGate());
        keys.put("share_qk", c.shareQk());
        keys.put("ttt_layer_type", c.inner().key());
        keys.put("ttt_base_lr", c.baseLearningRate());
        keys.put("mini_batch_size", c.miniBatch());
        keys.put("pre_conv", c.preConv());
        keys.put("conv_kernel", c.convKernel());
        keys.put("scan_checkpoint_group_size", c.scanCheckpointGroupSize());
        keys.putAll(c.extra());
        return ConfigJson.tree(keys);
    }

    static TTTConfig of(Keys keys) {
        keys.word("hidden_act", "silu", "silu");
        return new TTTConfig(
                keys.integer("vocab_size", 32000),
                keys.integer("hidden_size", 2048),
                keys.integer("intermediate_size", 5504),
                keys.integer("num_hidden_layers", 24),
                keys.integer("num_attention_heads", 32),
                InnerKind.valueOf(
                        keys.word("ttt_layer_type", "linear", "linear", "mlp").toUpperCase(Locale.ROOT)),
                keys.number("ttt_base_lr", 1.0),
                keys.integer("mini_batch_size", 16),
                keys.flag("use_gate", false),
                keys.flag("share_qk", false),
                keys.flag("pre_conv", false),
                keys.integer("conv_kernel", 4),
                keys.flag("tie_word_embeddings", true),
                keys.number("rms_norm_eps", 1e-6),
                keys.number("rope_theta", 10000.0),
                keys.number("initializer_range", 0.02),
                keys.integer("max_position_embeddings", 2048),
                keys.flag("use_cache", false),
                keys.integerOrNull("pad_token_id", null),
                keys.integerOrNull("bos_token_id", 1),
                keys.integerOrNull("eos_token_id", 2),
                keys.integer("pretraining_tp", 1),
                keys.integer("scan_checkpoint_group_size", 0),
                keys.extra());
    }
}
