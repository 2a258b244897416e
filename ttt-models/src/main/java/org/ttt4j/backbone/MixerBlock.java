package org.ttt4j.backbone;

import java.util.List;
import java.util.stream.Stream;
import org.ttt4j.layer.SequenceMixer;
import org.ttt4j.ops.Chunk;
import org.ttt4j.ops.Ops;
import org.ttt4j.ops.StateSpec;
import org.ttt4j.param.Init;
import org.ttt4j.param.Param;

/** Mamba's block: norm, mixer, residual; what a feed-forward half would do is the mixer's. */
public final class MixerBlock implements Block {

    private final SequenceMixer mixer;
    private final Param norm;
    private final double normEps;

    /**
     * @param prefix of the keys, for example {@code backbone.layers.0.}
     * @param normEps epsilon of the RMS norm
     * @param mixer with keys of its own
     */
    public MixerBlock(String prefix, double normEps, SequenceMixer mixer) {
        this.mixer = mixer;
        this.norm = new Param(prefix + "norm.weight", Init.ones(), mixer.channels());
        this.normEps = normEps;
    }

    @Override
    public List<Param> params() {
        return Stream.concat(mixer.params().stream(), Stream.of(norm)).toList();
    }

    @Override
    public List<StateSpec> states() {
        return List.copyOf(mixer.states());
    }

    @Override
    public <A> A forward(Ops<A> ops, A h, Chunk chunk) {
        return ops.add(h, mixer.forward(ops, ops.rmsNorm(norm, normEps, h), chunk));
    }
}
