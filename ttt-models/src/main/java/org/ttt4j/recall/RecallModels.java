package org.ttt4j.recall;

import java.util.HashMap;
import java.util.Map;
import org.ttt4j.config.MixerKind;
import org.ttt4j.config.ModelConfig;

/**
 * Models of two blocks, each of which remembers about 4,400 numbers after 64 tokens: widths, heads, states and shared keys are
 * chosen to that end. All but Mamba, which has its own, have the convolution before the mixer, by which a
 * value meets its key.
 */
final class RecallModels {

    private static final int HIDDEN = 64;
    /** Its unfinished rows are remembered, too: a small one leaves more for the inner model. */
    private static final int MINI_BATCH = 4;

    private static final int BLOCKS = 2;
    private static final String SMALLEST = "tiny";

    private RecallModels() {}

    static ModelConfig of(MixerKind mixer, int vocabulary) {
        Map<String, Object> keys = new HashMap<>();
        keys.put("vocab_size", vocabulary);
        keys.put("hidden_size", HIDDEN);
        keys.put("num_hidden_layers", BLOCKS);
        keys.put("bos_token_id", 0);
        keys.put("eos_token_id", 0);
        if (mixer == MixerKind.MAMBA) {
            keys.put("state_size", 30); // 128 channels of 30 states and 4 inputs
            keys.put("time_step_rank", "auto");
        } else {
            keys.put("intermediate_size", 2 * HIDDEN);
            keys.put("pre_conv", true);
            heads(mixer, keys);
        }
        return ModelConfig.preset(mixer, SMALLEST).with(keys);
    }

    private static void heads(MixerKind mixer, Map<String, Object> keys) {
        switch (mixer) {
            case TTT_LINEAR -> ttt(keys, 60, 1); // a matrix of 60 x 60, its bias, four rows of two vectors
            case TTT_MLP ->
                ttt(keys, 40, 5); // a head's two matrices of 8 x 32, their biases, four rows of four vectors
            case ATTENTION -> attention(keys, 2, 1, 32); // two heads share keys and values of 32
            default -> attention(keys, 1, 1, 64); // a matrix of 64 x 64
        }
    }

    /** Without the second window that shared queries and keys would need. */
    private static void ttt(Map<String, Object> keys, int hidden, int heads) {
        keys.put("hidden_size", hidden);
        keys.put("num_attention_heads", heads);
        keys.put("mini_batch_size", MINI_BATCH);
        keys.put("share_qk", false);
        keys.put("use_gate", false);
    }

    private static void attention(Map<String, Object> keys, int heads, int keyValueHeads, int headSize) {
        keys.put("num_attention_heads", heads);
        keys.put("num_key_value_heads", keyValueHeads);
        keys.put("head_dim", headSize);
    }
}
