package org.ttt4j.layer;

import java.util.ArrayList;
import java.util.List;
import org.ttt4j.ops.Chunk;
import org.ttt4j.ops.Conv;
import org.ttt4j.ops.Linear;
import org.ttt4j.ops.Ops;
import org.ttt4j.ops.Projection;
import org.ttt4j.ops.SelectiveScan;
import org.ttt4j.ops.StateSpec;
import org.ttt4j.param.Init;
import org.ttt4j.param.Param;

/**
 * Mamba's mixer (Gu and Dao 2023, section 3.4): a convolution and a selective state space on E channels, between an input
 * projection, which also makes the gate, and an output projection. Its memory is S numbers and the convolution's last inputs
 * for every channel. Its keys are those of Hugging Face checkpoints, its start values those of the authors' code.
 */
public final class Mamba implements SequenceMixer {

    private final MambaSizes sizes;
    private final List<Param> params = new ArrayList<>();
    private final SelectiveScan scan;
    private final Conv conv;
    private final Projection input;
    private final Projection selection;
    private final Projection step;
    private final Projection output;

    /** @param prefix of every key, for example {@code backbone.layers.0.mixer.}; empty for a bare layer */
    public Mamba(String prefix, MambaSizes sizes) {
        this.sizes = sizes;
        int E = sizes.inner();
        int R = sizes.stepRank();
        Param logA = new Param(prefix + "A_log", Init.logOfIndex(sizes.states()), E, sizes.states());
        Param skip = new Param(prefix + "D", Init.ones(), E);
        scan = new SelectiveScan(prefix + "ssm", add(logA.withoutDecay()), add(skip.withoutDecay()));
        input = linear(prefix + "in_proj", 2 * E, sizes.hidden(), 1, sizes.bias() ? Init.zeros() : null);
        Init taps = Init.uniform(1 / Math.sqrt(sizes.convKernel()));
        Param filter = add(new Param(prefix + "conv1d.weight", taps, E, 1, sizes.convKernel()));
        Param filterBias = sizes.convBias() ? add(new Param(prefix + "conv1d.bias", taps, E)) : null;
        conv = new Conv(prefix + "conv1d", List.of(new Linear(filter, filterBias)), List.of("conv_state"));
        selection = linear(prefix + "x_proj", R + 2 * sizes.states(), E, 1, null);
        step = linear(prefix + "dt_proj", E, R, 1, Init.inverseSoftplus(sizes.stepMin(), sizes.stepMax()));
        double smaller = 1 / Math.sqrt(sizes.depth());
        output = linear(prefix + "out_proj", sizes.hidden(), E, smaller, sizes.bias() ? Init.zeros() : null);
    }

    /** Starts as torch's do, U(±1/√in) times a factor. */
    private Projection linear(String key, int out, int in, double factor, Init bias) {
        Param weight = add(new Param(key + ".weight", Init.uniform(factor / Math.sqrt(in)), out, in));
        return Projection.of(new Linear(weight, bias == null ? null : add(new Param(key + ".bias", bias, out))));
    }

    private Param add(Param p) {
        params.add(p);
        return p;
    }

    public MambaSizes sizes() {
        return sizes;
    }

    @Override
    public List<Param> params() {
        return List.copyOf(params);
    }

    @Override
    public List<StateSpec> states() {
        return List.of(conv, scan);
    }

    @Override
    public int channels() {
        return sizes.hidden();
    }

    @Override
    public <A> A forward(Ops<A> ops, A u, Chunk chunk) {
        int E = sizes.inner();
        int S = sizes.states();
        List<A> xz = ops.split(ops.project(input, u).get(0), E, E);
        A x = ops.silu(ops.causalConv(conv, xz.get(0), chunk).get(0));
        List<A> selected = ops.split(ops.project(selection, x).get(0), sizes.stepRank(), S, S);
        A delta = ops.project(step, selected.get(0)).get(0);
        A y = ops.selectiveScan(scan, x, delta, selected.get(1), selected.get(2), chunk);
        return ops.project(output, ops.swiGlu(xz.get(1), y)).get(0);
    }
}
