package org.ttt4j.lm;

import org.ttt4j.config.LlamaConfig;
import org.ttt4j.layer.AttentionConfig;
import org.ttt4j.layer.CausalSelfAttention;
import org.ttt4j.layer.LinearAttentionLayer;
import org.ttt4j.layer.SequenceMixer;
import org.ttt4j.ops.LinearAttention.Form;
import org.ttt4j.tensor.TttException;

/** The paper's baseline, a Transformer, with the keys of Hugging Face's Llama checkpoints. */
final class LlamaModel {

    private LlamaModel() {}

    static CausalLM of(LlamaConfig c) {
        return FeedForwardModel.of(
                c, "input_layernorm", "post_attention_layernorm", prefix -> mixer(prefix + "self_attn.", c));
    }

    private static SequenceMixer mixer(String prefix, LlamaConfig c) {
        AttentionConfig attention = new AttentionConfig(
                c.hiddenSize(),
                c.heads(),
                c.keyValueHeads(),
                c.headSize(),
                c.ropeTheta(),
                c.attentionBias(),
                c.initializerRange());
        return switch (c.mixer()) {
            case ATTENTION -> new CausalSelfAttention(prefix, attention);
            case LINEAR_ATTENTION -> new LinearAttentionLayer(prefix, attention, Form.UNNORMALISED);
            case NORMALISED_LINEAR_ATTENTION -> new LinearAttentionLayer(prefix, attention, Form.NORMALISED);
            default -> throw TttException.mismatch("mixer", "attention, or a linear one", c.mixer());
        };
    }
}
