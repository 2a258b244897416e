package org.ttt4j.layer;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.ttt4j.inner.InnerWeight;
import org.ttt4j.inner.LinearModel;
import org.ttt4j.inner.MlpModel;
import org.ttt4j.layer.LayerConfig.Feature;
import org.ttt4j.ops.Chunk;
import org.ttt4j.ops.Conv;
import org.ttt4j.ops.InnerSpec;
import org.ttt4j.ops.Linear;
import org.ttt4j.ops.Ops;
import org.ttt4j.ops.Projection;
import org.ttt4j.ops.Rope;
import org.ttt4j.ops.StateSpec;
import org.ttt4j.param.Init;
import org.ttt4j.param.Param;

/**
 * A TTT layer (Sun et al. 2024, section 2): queries, keys and values; an inner model per head that is trained on the keys
 * and values of the sequence while it answers the queries; post-norm, optional gate, output projection. Its keys are those
 * of the authors' PyTorch checkpoints.
 */
public final class TTTLayer implements SequenceMixer {

    /** LayerNorm's epsilon, inner and outer: fixed in the authors' code. */
    private static final double NORM_EPS = 1e-6;
    /** The authors' fixed deviation of the inner learning-rate gate. */
    private static final double RATE_STD = 0.02;

    private final LayerConfig config;
    private final List<Param> params = new ArrayList<>();
    private final InnerSpec inner;
    private final Linear q;
    private final Linear k;
    private final Linear v;
    private final Linear rate;
    private final Linear gate;
    private final Conv conv;
    private final Rope rope;
    private final Param postWeight;
    private final Param postBias;
    private final Projection inputs;
    private final Projection output;

    /**
     * @param prefix of every key, for example {@code model.layers.0.seq_modeling_block.}; empty for a bare layer
     */
    public TTTLayer(String prefix, LayerConfig config) {
        this.config = config;
        int c = config.hidden();
        int h = config.heads();
        int d = config.headSize();
        Init normal = Init.normal(config.initStd());

        Param tokenIdx = add(prefix + "learnable_token_idx", Init.zeros(), config.miniBatch());
        rate = new Linear(
                add(prefix + "learnable_ttt_lr_weight", Init.normal(RATE_STD), h, 1, c),
                add(prefix + "learnable_ttt_lr_bias", Init.zeros(), h, 1));
        Param normWeight = add(prefix + "ttt_norm_weight", Init.ones(), h, d);
        Param normBias = add(prefix + "ttt_norm_bias", Init.zeros(), h, d);
        List<Param> weights = new ArrayList<>();
        for (InnerWeight w : config.model().weights(d)) {
            weights.add(add(prefix + w.name(), w.init(), perHead(h, w.shape())));
        }
        q = new Linear(add(prefix + "q_proj.weight", normal, c, c));
        k = config.has(Feature.SHARED_QK) ? null : new Linear(add(prefix + "k_proj.weight", normal, c, c));
        v = new Linear(add(prefix + "v_proj.weight", normal, c, c));
        output = Projection.of(new Linear(add(prefix + "o_proj.weight", normal, c, c)));
        conv = config.has(Feature.SHARED_QK)
                ? new Conv(
                        prefix + "conv_qk",
                        List.of(filter(prefix + "conv_q"), filter(prefix + "conv_k")),
                        List.of("ttt_conv_q", "ttt_conv_k"))
                : null;
        gate = config.has(Feature.GATE) ? new Linear(add(prefix + "g_proj.weight", normal, c, c)) : null;
        postWeight = add(prefix + "post_norm.weight", Init.ones(), c);
        postBias = add(prefix + "post_norm.bias", Init.zeros(), c);

        inputs = new Projection(
                Stream.of(q, k, v, rate, gate).filter(Objects::nonNull).toList());
        rope = new Rope(h, d, config.ropeTheta(), config.miniBatch());
        inner = new InnerSpec(
                prefix + "inner", config.model(), h, d, config.miniBatch(), weights, normWeight, normBias, tokenIdx);
    }

    /** A bare TTT-Linear layer. */
    public static TTTLayer linear(LayerConfig config) {
        return new TTTLayer("", config.withModel(new LinearModel()));
    }

    /** A bare TTT-MLP layer. */
    public static TTTLayer mlp(LayerConfig config) {
        return new TTTLayer("", config.withModel(new MlpModel()));
    }

    private Param add(String key, Init init, long... shape) {
        Param p = new Param(key, init, shape);
        params.add(p);
        return p;
    }

    /** torch's default for Conv1d: U(±1/√J) for weight and bias. */
    private Linear filter(String key) {
        Init init = Init.uniform(1 / Math.sqrt(config.convKernel()));
        return new Linear(
                add(key + ".weight", init, config.hidden(), 1, config.convKernel()),
                add(key + ".bias", init, config.hidden()));
    }

    private static long[] perHead(int heads, long[] shape) {
        long[] s = new long[shape.length + 1];
        s[0] = heads;
        System.arraycopy(shape, 0, s, 1, shape.length);
        return s;
    }

    public LayerConfig config() {
        return config;
    }

    /** The declaration of its inner loop. */
    public InnerSpec inner() {
        return inner;
    }

    @Override
    public List<Param> params() {
        return List.copyOf(params);
    }

    @Override
    public List<StateSpec> states() {
        return conv == null ? List.of(inner) : List.of(inner, conv);
    }

    @Override
    public int channels() {
        return config.hidden();
    }

    @Override
    public <A> A forward(Ops<A> ops, A x, Chunk chunk) {
        Map<Linear, A> p = project(ops, x);
        A XQ = p.get(q);
        A XK = p.get(k);
        if (conv != null) {
            List<A> filtered = ops.causalConv(conv, p.get(q), chunk);
            XQ = filtered.get(0);
            XK = filtered.get(1);
        }
        A ell = ops.innerRate(config.baseRate() / config.headSize() * chunk.rateMultiplier(), p.get(rate));
        A z = ops.innerLoop(inner, ops.rope(rope, XQ, chunk), ops.rope(rope, XK, chunk), p.get(v), ell, chunk);
        A y = ops.layerNorm(postWeight, postBias, NORM_EPS, z);
        if (gate != null) {
            y = ops.geluGate(p.get(gate), y);
        }
        return ops.project(output, y).get(0);
    }

    private <A> Map<Linear, A> project(Ops<A> ops, A x) {
        List<A> outputs = ops.project(inputs, x);
        Map<Linear, A> byMap = new LinkedHashMap<>();
        for (int i = 0; i < outputs.size(); i++) {
            byMap.put(inputs.maps().get(i), outputs.get(i));
        }
        return byMap;
    }
}
