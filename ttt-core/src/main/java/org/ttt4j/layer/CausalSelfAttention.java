package org.ttt4j.layer;

import java.util.List;
import java.util.stream.Stream;
import org.ttt4j.ops.Attention;
import org.ttt4j.ops.Chunk;
import org.ttt4j.ops.Ops;
import org.ttt4j.ops.Projection;
import org.ttt4j.ops.Rope;
import org.ttt4j.ops.StateSpec;
import org.ttt4j.param.Param;

/**
 * Llama's self-attention (Touvron et al. 2023; grouped queries: Ainslie et al. 2023): queries and keys turned by their position
 * in the text, softmax over all that the sequence has read, output projection. Its memory grows with every token. Its keys are
 * those of Hugging Face checkpoints.
 */
public final class CausalSelfAttention implements SequenceMixer {

    private final AttentionConfig config;
    private final Projection inputs;
    private final Projection output;
    private final Rope queryRope;
    private final Rope keyRope;
    private final Attention attention;

    /** @param prefix of every key, for example {@code model.layers.0.self_attn.}; empty for a bare layer */
    public CausalSelfAttention(String prefix, AttentionConfig config) {
        this.config = config;
        int d = config.headSize();
        inputs = config.inputs(prefix);
        output = config.output(prefix);
        queryRope = new Rope(config.heads(), d, config.ropeTheta(), Rope.ENDLESS, Rope.Pairs.HALVES);
        keyRope = new Rope(config.keyValueHeads(), d, config.ropeTheta(), Rope.ENDLESS, Rope.Pairs.HALVES);
        attention = new Attention(prefix + "attention", config.heads(), config.keyValueHeads(), d);
    }

    public AttentionConfig config() {
        return config;
    }

    @Override
    public List<Param> params() {
        return Stream.of(inputs, output).flatMap(p -> p.params().stream()).toList();
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
