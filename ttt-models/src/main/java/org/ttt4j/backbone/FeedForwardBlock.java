package org.ttt4j.backbone;

import java.util.ArrayList;
import java.util.List;
import org.ttt4j.layer.SequenceMixer;
import org.ttt4j.ops.Chunk;
import org.ttt4j.ops.Conv;
import org.ttt4j.ops.Linear;
import org.ttt4j.ops.Ops;
import org.ttt4j.ops.Projection;
import org.ttt4j.ops.StateSpec;
import org.ttt4j.param.Init;
import org.ttt4j.param.Param;

/**
 * The Transformer's and the TTT models' block: an optional convolution before the mixer (Mamba backbone), the mixer, a
 * SwiGLU feed-forward. Each reads a normalised copy of the stream and adds to it.
 */
public final class FeedForwardBlock implements Block {

    private final BlockConfig config;
    private final SequenceMixer mixer;
    private final List<Param> params = new ArrayList<>();
    private final Param mixerNorm;
    private final Param feedForwardNorm;
    private final Projection gateUp;
    private final Projection down;
    private final Param convNorm;
    private final Conv conv;

    /**
     * @param prefix of the keys, for example {@code model.layers.0.}
     * @param mixer with keys of its own
     */
    public FeedForwardBlock(String prefix, BlockConfig config, SequenceMixer mixer) {
        this.config = config;
        this.mixer = mixer;
        int c = config.hidden();
        Init normal = Init.normal(config.initStd());
        params.addAll(mixer.params());
        gateUp = Projection.of(
                new Linear(add(prefix + "mlp.gate_proj.weight", normal, config.intermediate(), c)),
                new Linear(add(prefix + "mlp.up_proj.weight", normal, config.intermediate(), c)));
        down = Projection.of(new Linear(add(prefix + "mlp.down_proj.weight", normal, c, config.intermediate())));
        if (config.hasPreConv()) {
            Init uniform = Init.uniform(1 / Math.sqrt(config.preConvKernel())); // torch's default
            convNorm = add(prefix + "conv.norm.weight", Init.ones(), c);
            Linear filter = new Linear(
                    add(prefix + "conv.conv.weight", uniform, c, 1, config.preConvKernel()),
                    add(prefix + "conv.conv.bias", uniform, c));
            conv = new Conv(prefix + "conv", List.of(filter), List.of("pre_conv"));
        } else {
            convNorm = null;
            conv = null;
        }
        mixerNorm = add(prefix + config.mixerNorm() + ".weight", Init.ones(), c);
        feedForwardNorm = add(prefix + config.feedForwardNorm() + ".weight", Init.ones(), c);
    }

    private Param add(String key, Init init, long... shape) {
        Param p = new Param(key, init, shape);
        params.add(p);
        return p;
    }

    @Override
    public List<Param> params() {
        return List.copyOf(params);
    }

    @Override
    public List<StateSpec> states() {
        List<StateSpec> states = new ArrayList<>(mixer.states());
        if (conv != null) {
            states.add(conv);
        }
        return states;
    }

    @Override
    public <A> A forward(Ops<A> ops, A h, Chunk chunk) {
        A stream = h;
        if (conv != null) {
            A normed = ops.rmsNorm(convNorm, config.normEps(), stream);
            stream = ops.add(stream, ops.causalConv(conv, normed, chunk).get(0));
        }
        stream = ops.add(stream, mixer.forward(ops, ops.rmsNorm(mixerNorm, config.normEps(), stream), chunk));
        List<A> gu = ops.project(gateUp, ops.rmsNorm(feedForwardNorm, config.normEps(), stream));
        return ops.add(
                stream, ops.project(down, ops.swiGlu(gu.get(0), gu.get(1))).get(0));
    }
}
