package org.ttt4j.jax;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the JAX code's parameters are called in the PyTorch code, and how they lie there. */
final class JaxNames {

    private static final Pattern LAYER = Pattern.compile("model/h/(0|[1-9][0-9]{0,5})/(.+)");
    private static final String MIXER = "seq_modeling_block/";

    /** Where a parameter goes. */
    record Target(String name, Layout layout) {}

    /** How a parameter's axes lie. */
    enum Layout {
        SAME,
        /** [in, out] becomes [out, in]. */
        TRANSPOSED,
        /** As before; then the rows of every head are sorted from pairs (2i, 2i+1) into halves (i, i + D/2). */
        TRANSPOSED_HALVES,
        /** [width, 1, channels] becomes [channels, 1, width]; taps keep their order. */
        REVERSED,
        /** [a, b, 1] becomes [a, 1, b]: the same bytes. */
        LAST_TWO_SWAPPED
    }

    private static final Map<String, Target> MODEL = new HashMap<>();
    private static final Map<String, Target> BLOCK = new HashMap<>();
    private static final Map<String, Target> TTT = new HashMap<>();
    private static final Map<String, Target> ATTENTION = new HashMap<>();

    static {
        put(MODEL, "model/wte/embedding", "model.embed_tokens.weight", Layout.SAME);
        put(MODEL, "model/ln_f/kernel", "model.norm.weight", Layout.SAME);
        put(MODEL, "lm_head/kernel", "lm_head.weight", Layout.TRANSPOSED);

        put(BLOCK, "feed_forward/w1/kernel", "mlp.gate_proj.weight", Layout.TRANSPOSED);
        put(BLOCK, "feed_forward/w3/kernel", "mlp.up_proj.weight", Layout.TRANSPOSED);
        put(BLOCK, "feed_forward/w2/kernel", "mlp.down_proj.weight", Layout.TRANSPOSED);
        put(BLOCK, "conv/conv_norm/kernel", "conv.norm.weight", Layout.SAME);
        put(BLOCK, "conv/conv1/kernel", "conv.conv.weight", Layout.REVERSED);
        put(BLOCK, "conv/conv1/bias", "conv.conv.bias", Layout.SAME);

        put(TTT, "seq_norm/kernel", "seq_norm.weight", Layout.SAME);
        put(TTT, "ffn_norm/kernel", "ffn_norm.weight", Layout.SAME);
        mixer("wq/kernel", "q_proj.weight", Layout.TRANSPOSED);
        mixer("wk/kernel", "k_proj.weight", Layout.TRANSPOSED);
        mixer("wv/kernel", "v_proj.weight", Layout.TRANSPOSED);
        mixer("wo/kernel", "o_proj.weight", Layout.TRANSPOSED);
        mixer("wg/kernel", "g_proj.weight", Layout.TRANSPOSED);
        mixer("conv_q/kernel", "conv_q.weight", Layout.REVERSED);
        mixer("conv_k/kernel", "conv_k.weight", Layout.REVERSED);
        mixer("conv_q/bias", "conv_q.bias", Layout.SAME);
        mixer("conv_k/bias", "conv_k.bias", Layout.SAME);
        mixer("learnable_ttt_lr/kernel", "learnable_ttt_lr_weight", Layout.LAST_TWO_SWAPPED);
        mixer("learnable_ttt_lr/bias", "learnable_ttt_lr_bias", Layout.SAME);
        mixer("learnable_token_idx", "learnable_token_idx", Layout.SAME);
        mixer("ttt_norm/scale", "ttt_norm_weight", Layout.SAME);
        mixer("ttt_norm/bias", "ttt_norm_bias", Layout.SAME);
        mixer("post_norm/scale", "post_norm.weight", Layout.SAME);
        mixer("post_norm/bias", "post_norm.bias", Layout.SAME);
        mixer("ttt_dense_0", "W1", Layout.SAME);
        mixer("ttt_bias_0", "b1", Layout.SAME);
        mixer("ttt_dense_1", "W2", Layout.SAME);
        mixer("ttt_bias_1", "b2", Layout.SAME);

        put(ATTENTION, "seq_norm/kernel", "input_layernorm.weight", Layout.SAME);
        put(ATTENTION, "ffn_norm/kernel", "post_attention_layernorm.weight", Layout.SAME);
        put(ATTENTION, MIXER + "wq/kernel", "self_attn.q_proj.weight", Layout.TRANSPOSED_HALVES);
        put(ATTENTION, MIXER + "wk/kernel", "self_attn.k_proj.weight", Layout.TRANSPOSED_HALVES);
        put(ATTENTION, MIXER + "wv/kernel", "self_attn.v_proj.weight", Layout.TRANSPOSED);
        put(ATTENTION, MIXER + "wo/kernel", "self_attn.o_proj.weight", Layout.TRANSPOSED);
    }

    private JaxNames() {}

    private static void mixer(String key, String name, Layout layout) {
        put(TTT, MIXER + key, "seq_modeling_block." + name, layout);
    }

    private static void put(Map<String, Target> table, String key, String name, Layout layout) {
        table.put(key, new Target(name, layout));
    }

    /**
     * Where a parameter goes; one that is not known keeps its path as its name.
     *
     * @param attention whether the blocks are those of self-attention
     */
    static Target of(String path, boolean attention) {
        Matcher layer = LAYER.matcher(path);
        if (!layer.matches()) {
            return MODEL.getOrDefault(path, new Target(path, Layout.SAME));
        }
        Target target = BLOCK.get(layer.group(2));
        if (target == null) {
            target = (attention ? ATTENTION : TTT).get(layer.group(2));
        }
        return target == null
                ? new Target(path, Layout.SAME)
                : new Target("model.layers." + layer.group(1) + "." + target.name(), target.layout());
    }

    /** Whether a parameter belongs to a TTT layer and to no attention. */
    static boolean isInner(String path) {
        Matcher layer = LAYER.matcher(path);
        return layer.matches() && layer.group(2).equals(MIXER + "ttt_dense_0");
    }
}
