package org.ttt4j.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import org.ttt4j.config.FeedForwardConfig;
import org.ttt4j.config.InnerKind;
import org.ttt4j.config.LlamaConfig;
import org.ttt4j.config.MambaConfig;
import org.ttt4j.config.MixerKind;
import org.ttt4j.config.ModelConfig;
import org.ttt4j.config.TTTConfig;
import org.ttt4j.tensor.TttException;

/** Configurations changed by the names that users type: a mixer, a size. */
final class Models {

    private Models() {}

    /** A model's mixer changed for another that fits its configuration. */
    static ModelConfig withMixer(ModelConfig config, MixerKind mixer) {
        if (config instanceof TTTConfig ttt && mixer.learnsAtTestTime()) {
            return ttt.withInner(mixer == MixerKind.TTT_LINEAR ? InnerKind.LINEAR : InnerKind.MLP);
        } else if (config.mixer() == mixer) {
            return config;
        }
        throw TttException.mismatch("--mixer", config.mixer() + ", as the model has", mixer);
    }

    /** The keys that a named size stands for in a configuration of this kind. */
    static Map<String, Object> size(ModelConfig config, String preset) {
        Map<String, Object> keys = new LinkedHashMap<>();
        ModelConfig size = ModelConfig.preset(config.mixer(), preset);
        keys.put("hidden_size", size.hiddenSize());
        keys.put("num_hidden_layers", size.layers());
        if (size instanceof FeedForwardConfig c) {
            keys.put("num_attention_heads", c.heads());
            keys.put("intermediate_size", c.intermediateSize());
        }
        if (size instanceof LlamaConfig llama) {
            keys.put("num_key_value_heads", llama.keyValueHeads());
            keys.put("head_dim", llama.headSize());
        }
        return keys;
    }

    /** What follows from other keys where it is not given: head sizes, Mamba's rank, the width of the feed-forward half. */
    static Map<String, Object> derived(ModelConfig config, Integer hidden, Integer heads) {
        Map<String, Object> keys = new LinkedHashMap<>();
        if (config instanceof LlamaConfig && (hidden != null || heads != null)) {
            keys.put("num_key_value_heads", null);
            keys.put("head_dim", null);
        }
        if (hidden != null) {
            if (config instanceof MambaConfig) {
                keys.put("time_step_rank", "auto");
            } else {
                keys.put("intermediate_size", (8 * hidden + 47) / 48 * 16);
            }
        }
        return keys;
    }
}
