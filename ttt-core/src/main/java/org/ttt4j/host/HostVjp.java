package org.ttt4j.host;

import java.util.List;
import java.util.function.Function;
import org.ttt4j.attention.AttentionTrace;
import org.ttt4j.kernel.InnerTrace;
import org.ttt4j.ops.Attention;
import org.ttt4j.ops.Chunk;
import org.ttt4j.ops.Conv;
import org.ttt4j.ops.Gradients;
import org.ttt4j.ops.InnerSpec;
import org.ttt4j.ops.Linear;
import org.ttt4j.ops.LinearAttention;
import org.ttt4j.ops.Projection;
import org.ttt4j.ops.Rope;
import org.ttt4j.ops.SelectiveScan;
import org.ttt4j.ops.State;
import org.ttt4j.ops.Vjp;
import org.ttt4j.param.Param;

/** The gradients of the fused executor's operations. */
final class HostVjp implements Vjp<HostArray> {

    private final Function<Param, HostArray> weights;
    private final HostKernels kernels;

    HostVjp(Function<Param, HostArray> weights, HostKernels kernels) {
        this.weights = weights;
        this.kernels = kernels;
    }

    @Override
    public void embed(Param table, int[][] ids, HostArray dy, Gradients<HostArray> gradients) {
        if (gradients.wants(table)) {
            kernels.tokens().embedGradient(ids, dy, gradients.of(table));
        }
    }

    @Override
    public HostArray project(Projection p, HostArray x, List<HostArray> dy, Gradients<HostArray> gradients) {
        return kernels.products().backward(p, x, dy, gradients);
    }

    @Override
    public HostArray rmsNorm(Param weight, double eps, HostArray x, HostArray dy, Gradients<HostArray> gradients) {
        HostArray dx = kernels.arena().array(x.shape());
        float[] w = weights.apply(weight).data();
        float[] dw = kernels.norms().rmsGradient(x.data(), w, eps, dy.data(), dx.data(), x.data().length / w.length);
        addTo(gradients, weight, dw, 0);
        return dx;
    }

    @Override
    public HostArray layerNorm(
            Param weight, Param bias, double eps, HostArray x, HostArray dy, Gradients<HostArray> gradients) {
        HostArray dx = kernels.arena().array(x.shape());
        float[] sums = kernels.norms()
                .layerGradient(x.data(), weights.apply(weight).data(), eps, dy.data(), dx.data(), x.rows());
        addTo(gradients, weight, sums, 0);
        addTo(gradients, bias, sums, x.width());
        return dx;
    }

    @Override
    public HostArray causalConv(
            Conv conv, HostArray x, State before, Chunk chunk, List<HostArray> dy, Gradients<HostArray> gradients) {
        HostArray dx = kernels.arena().zeros(x.shape());
        for (int i = 0; i < dy.size(); i++) {
            if (dy.get(i) != null) {
                Linear filter = conv.filters().get(i);
                kernels.convolutions().inputGradient(filter, dy.get(i), chunk, dx);
                addFilter(conv, filter, x, (HostConvWindow) before, chunk, dy.get(i), gradients);
            }
        }
        return dx;
    }

    private void addFilter(
            Conv conv,
            Linear filter,
            HostArray x,
            HostConvWindow before,
            Chunk chunk,
            HostArray dy,
            Gradients<HostArray> gradients) {
        if (!gradients.wants(filter.weight()) && !gradients.wants(filter.bias())) {
            return;
        }
        int kernel = conv.kernel();
        int n = conv.channels();
        float[] sums = kernels.convolutions().filterGradient(x, before, kernel, chunk, dy);
        if (gradients.wants(filter.weight())) {
            float[] dw = gradients.of(filter.weight()).data(); // [C, 1, J]
            for (int i = 0; i < dw.length; i++) {
                dw[i] += sums[i % kernel * n + i / kernel];
            }
        }
        addTo(gradients, filter.bias(), sums, kernel * n);
    }

    @Override
    public HostArray rope(Rope rope, HostArray dy, Chunk chunk) {
        return kernels.ropes().turn(rope, dy, chunk, -1);
    }

    @Override
    public HostArray innerRate(double scale, HostArray rate, HostArray dy) {
        HostArray dLogits = kernels.arena().array(rate.shape());
        kernels.gates().sigmoidGradient((float) scale, rate.data(), dy.data(), dLogits.data());
        return dLogits;
    }

    @Override
    public Traced<HostArray> innerLoop(
            InnerSpec inner, HostArray q, HostArray k, HostArray v, HostArray rate, Chunk chunk, int checkpointEvery) {
        return kernels.innerLoop().trace(inner, q, k, v, rate, chunk, checkpointEvery);
    }

    @Override
    public InnerInputs<HostArray> innerLoop(
            InnerSpec inner, Object trace, HostArray dy, Gradients<HostArray> gradients) {
        return kernels.innerLoop().backward(inner, (InnerTrace) trace, dy, gradients);
    }

    @Override
    public Traced<HostArray> attention(Attention attention, HostArray q, HostArray k, HostArray v, Chunk chunk) {
        return kernels.attention().trace(attention, q, k, v, chunk);
    }

    @Override
    public Triple<HostArray> attention(Attention attention, Object trace, HostArray dy) {
        return kernels.attention().backward(attention, (AttentionTrace) trace, dy);
    }

    @Override
    public Traced<HostArray> selectiveScan(
            SelectiveScan scan, HostArray x, HostArray delta, HostArray b, HostArray c, Chunk chunk) {
        return kernels.scans().trace(scan, x, delta, b, c, chunk);
    }

    @Override
    public ScanInputs<HostArray> selectiveScan(
            SelectiveScan scan, Object trace, HostArray dy, Gradients<HostArray> gradients) {
        return kernels.scans().backward(trace, dy, gradients);
    }

    @Override
    public Traced<HostArray> linearAttention(
            LinearAttention attention, HostArray q, HostArray k, HostArray v, Chunk chunk) {
        return kernels.linearAttention().trace(attention, q, k, v, chunk);
    }

    @Override
    public Triple<HostArray> linearAttention(LinearAttention attention, Object trace, HostArray dy) {
        return kernels.linearAttention().backward(attention, trace, dy);
    }

    @Override
    public HostArray silu(HostArray x, HostArray dy) {
        HostArray dx = kernels.arena().array(x.shape());
        kernels.gates().siluGradient(x.data(), dy.data(), dx.data());
        return dx;
    }

    @Override
    public HostArray split(HostArray x, List<HostArray> dy, int... widths) {
        return kernels.splits().gradient(x, dy, widths);
    }

    @Override
    public Pair<HostArray> geluGate(HostArray gate, HostArray y, HostArray dOut) {
        HostArray dGate = kernels.arena().array(gate.shape());
        HostArray dy = kernels.arena().array(y.shape());
        kernels.gates().geluGradient(gate.data(), y.data(), dOut.data(), dGate.data(), dy.data());
        return new Pair<>(dGate, dy);
    }

    @Override
    public Pair<HostArray> swiGlu(HostArray gate, HostArray up, HostArray dOut) {
        HostArray dGate = kernels.arena().array(gate.shape());
        HostArray dUp = kernels.arena().array(up.shape());
        kernels.gates().swishGradient(gate.data(), up.data(), dOut.data(), dGate.data(), dUp.data());
        return new Pair<>(dGate, dUp);
    }

    @Override
    public HostArray last(HostArray x, Chunk chunk, HostArray dy) {
        return kernels.tokens().lastGradient(x, chunk, dy);
    }

    @Override
    public HostArray crossEntropy(HostArray logits, int[][] targets, HostArray dy) {
        return kernels.losses().gradient(logits, targets, dy);
    }

    private static void addTo(Gradients<HostArray> gradients, Param p, float[] sums, int from) {
        if (gradients.wants(p)) {
            float[] to = gradients.of(p).data();
            for (int i = 0; i < to.length; i++) {
                to[i] += sums[from + i];
            }
        }
    }
}
