package org.ttt4j.layer;

import java.util.ArrayList;
import java.util.List;
import org.ttt4j.ops.Attention;
import org.ttt4j.ops.Chunk;
import org.ttt4j.ops.Linear;
import org.ttt4j.ops.Ops;
import org.ttt4j.ops.Projection;
import org.ttt4j.ops.Rope;
import org.ttt4j.ops.StateSpec;
import org.ttt4j.param.Init;
import org.ttt4j.param.Param;

/**
 * Llama's self-attention (Touvron et al. 2023; grouped queries: Ainslie et al. 2023): queries and keys turned by their position
 * in the text, softmax over all that the sequence has read, output projection. Its memory grows with every token. Its keys are
 * those of Hugging Face checkpoints.
 */
public final class CausalSelfAttention implements SequenceMixer {

    private final AttentionConfig config;
    private final List<Param> params = new ArrayList<>();
    private final Projection inputs;
    private final Projection output;
    private final Rope queryRope;
    private final Rope keyRope;
    private final Attention attention;

    /** @param prefix of every key, for example {@code model.layers.0.self_attn.}; empty for a bare layer */
    public CausalSelfAttention(String prefix, AttentionConfig config) {
        this.config = config;
        int c = config.hidden();
        int d = config.headSize();
        int queries = config.heads() * d;
        int keys = config.keyValueHeads() * d;
        inputs = Projection.of(
                linear(prefix + "q_proj", queries, c),
                linear(prefix + "k_proj", keys, c),
                linear(prefix + "v_proj", keys, c));
        output = Projection.of(linear(prefix + "o_proj", c, queries));
        queryRope = new Rope(config.heads(), d, config.ropeTheta(), Rope.ENDLESS, Rope.Pairs.HALVES);
        keyRope = new Rope(config.keyValueHeads(), d, config.ropeTheta(), Rope.ENDLESS, Rope.Pairs.HALVES);
        attention = new Attention(prefix + "attention", config.heads(), config.keyValueHeads(), d);
    }

    private Linear linear(String key, int out, int in) {
        Param weight = add(key + ".weight", Init.normal(config.initStd()), out, in);
        return new Linear(weight, config.bias() ? add(key + ".bias", Init.zeros(), out) : null);
    }

    private Param add(String key, Init init, long... shape) {
        Param p = new Param(key, init, shape);
        params.add(p);
        return p;
    }

    public AttentionConfig config() {
        return config;
    }

    @Override
    public List<Param> params() {
        return List.copyOf(params);
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
        A Q = ops.rope(queryRope, qkv.get(0), chunk);
        A K = ops.rope(keyRope, qkv.get(1), chunk);
        return ops.project(output, ops.attention(attention, Q, K, qkv.get(2), chunk))
                .get(0);
    }
}
