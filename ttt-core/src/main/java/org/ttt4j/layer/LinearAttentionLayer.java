package org.ttt4j.layer;

import java.util.ArrayList;
import java.util.List;
import org.ttt4j.ops.Chunk;
import org.ttt4j.ops.LinearAttention;
import org.ttt4j.ops.LinearAttention.Form;
import org.ttt4j.ops.Ops;
import org.ttt4j.ops.Projection;
import org.ttt4j.ops.Rope;
import org.ttt4j.ops.StateSpec;
import org.ttt4j.param.Init;
import org.ttt4j.param.Param;
import org.ttt4j.tensor.TttException;

/**
 * Linear attention (Katharopoulos et al. 2020) in the place of Llama's self-attention, with its keys. Unnormalised, queries and
 * keys are turned by position and each head's output is RMS-normalised, as in RetNet (Sun et al. 2023) but for its decay.
 * Normalised, neither: φ must see the channels as they are, and the normaliser keeps the output's size.
 */
public final class LinearAttentionLayer implements SequenceMixer {

    private static final double NORM_EPS = 1e-5;

    private final AttentionConfig config;
    private final Projection inputs;
    private final Projection output;
    private final Rope rope;
    private final Param norm;
    private final LinearAttention attention;

    /**
     * @param prefix of every key, for example {@code model.layers.0.self_attn.}; empty for a bare layer
     * @throws TttException if heads share keys and values, or projections have a bias
     */
    public LinearAttentionLayer(String prefix, AttentionConfig config, Form form) {
        this.config = config;
        if (config.keyValueHeads() != config.heads() || config.bias()) {
            throw TttException.mismatch("linear attention", "keys and values for each head, no bias", config);
        }
        int d = config.headSize();
        boolean normalised = form == Form.NORMALISED;
        inputs = config.inputs(prefix);
        norm = normalised ? null : new Param(prefix + "o_norm.weight", Init.ones(), d);
        rope = normalised ? null : new Rope(config.heads(), d, config.ropeTheta(), Rope.ENDLESS, Rope.Pairs.HALVES);
        output = config.output(prefix);
        attention = new LinearAttention(prefix + "attention", config.heads(), d, form);
    }

    public AttentionConfig config() {
        return config;
    }

    @Override
    public List<Param> params() {
        List<Param> all = new ArrayList<>(inputs.params());
        if (norm != null) {
            all.add(norm);
        }
        all.addAll(output.params());
        return all;
    }

    @Override
    public List<StateSpec> states() {
        return List.of(attention);
    }

    @Override
    public int channels() {
        return config.hidden();
    }

    @Override
    public <A> A forward(Ops<A> ops, A x, Chunk chunk) {
        List<A> qkv = ops.project(inputs, x);
        A Q = qkv.get(0);
        A K = qkv.get(1);
        if (rope != null) {
            Q = ops.rope(rope, Q, chunk);
            K = ops.rope(rope, K, chunk);
        }
        A y = ops.linearAttention(attention, Q, K, qkv.get(2), chunk);
        return ops.project(output, norm == null ? y : ops.rmsNorm(norm, NORM_EPS, y))
                .get(0);
    }
}
