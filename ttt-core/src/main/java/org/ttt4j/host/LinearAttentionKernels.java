package org.ttt4j.host;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.ttt4j.kernel.FusedLinearAttention;
import org.ttt4j.kernel.FusedLinearAttention.Tokens;
import org.ttt4j.kernel.InnerKernel;
import org.ttt4j.kernel.LinearAttentionShape;
import org.ttt4j.kernel.Workers;
import org.ttt4j.ops.Chunk;
import org.ttt4j.ops.LinearAttention;
import org.ttt4j.ops.LinearAttention.Form;
import org.ttt4j.ops.Vjp.Traced;
import org.ttt4j.ops.Vjp.Triple;

/** Applies the feature map of linear attention and hands the rest to the fused kernels. */
final class LinearAttentionKernels implements AutoCloseable {

    private final InnerKernel kernel;
    private final Workers workers;
    private final Arena arena;
    private final GateKernels gates;
    private final Map<LinearAttentionShape, FusedLinearAttention> loops = new ConcurrentHashMap<>();

    LinearAttentionKernels(InnerKernel kernel, Workers workers, Arena arena, GateKernels gates) {
        this.kernel = kernel;
        this.workers = workers;
        this.arena = arena;
        this.gates = gates;
    }

    private static LinearAttentionShape shape(LinearAttention attention) {
        return new LinearAttentionShape(attention.heads(), attention.headSize(), attention.form() == Form.NORMALISED);
    }

    private FusedLinearAttention loop(LinearAttention attention) {
        return loops.computeIfAbsent(shape(attention), s -> new FusedLinearAttention(kernel, s, workers));
    }

    static HostRecurrentState newState(LinearAttention attention, int batch) {
        LinearAttentionShape shape = shape(attention);
        int H = attention.heads();
        int D = attention.headSize();
        HostRecurrentState.Part S =
                new HostRecurrentState.Part(LinearAttention.STATE, i -> i / D * shape.stride() + i % D, H, D, D);
        HostRecurrentState.Part z =
                new HostRecurrentState.Part(LinearAttention.NORMALISER, i -> i * shape.stride() + D, H, D);
        return shape.normalised()
                ? new HostRecurrentState(attention.key(), shape.floats(), batch, S, z)
                : new HostRecurrentState(attention.key(), shape.floats(), batch, S);
    }

    HostArray forward(LinearAttention attention, HostArray q, HostArray k, HostArray v, Chunk chunk) {
        HostArray out = arena.array(q.shape());
        loop(attention).forward(tokens(attention, q, k, v, chunk), state(attention, chunk), out.data());
        return out;
    }

    Traced<HostArray> trace(LinearAttention attention, HostArray q, HostArray k, HostArray v, Chunk chunk) {
        HostArray out = arena.array(q.shape());
        return new Traced<>(
                out, loop(attention).trace(tokens(attention, q, k, v, chunk), state(attention, chunk), out.data()));
    }

    Triple<HostArray> backward(LinearAttention attention, Object traced, HostArray dy) {
        FusedLinearAttention.Trace trace = (FusedLinearAttention.Trace) traced;
        Triple<HostArray> d = new Triple<>(arena.array(dy.shape()), arena.array(dy.shape()), arena.array(dy.shape()));
        loop(attention).backward(trace, dy.data(), d.q().data(), d.k().data(), d.v().data());
        if (attention.form() == Form.NORMALISED) {
            gates.positiveGradient(trace.tokens().q(), d.q().data(), d.q().data());
            gates.positiveGradient(trace.tokens().k(), d.k().data(), d.k().data());
        }
        return d;
    }

    @Override
    public void close() {
        loops.values().forEach(FusedLinearAttention::close);
    }

    private static float[] state(LinearAttention attention, Chunk chunk) {
        return chunk.slot(attention, HostRecurrentState.class).values();
    }

    private Tokens tokens(LinearAttention attention, HostArray q, HostArray k, HostArray v, Chunk chunk) {
        q.requireTokens(attention.key() + " q", chunk.batch(), attention.heads() * attention.headSize());
        k.requireShapeOf(attention.key() + " k", q);
        v.requireShapeOf(attention.key() + " v", q);
        return new Tokens(
                feature(attention, q),
                feature(attention, k),
                v.data(),
                chunk.positions(),
                chunk.lengths(),
                q.shape()[1]);
    }

    private float[] feature(LinearAttention attention, HostArray x) {
        if (attention.form() == Form.UNNORMALISED) {
            return x.data();
        }
        HostArray y = arena.array(x.shape());
        gates.positive(x.data(), y.data());
        return y.data();
    }
}
