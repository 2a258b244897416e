package org.ttt4j.host;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.ttt4j.inner.LinearModel;
import org.ttt4j.inner.MlpModel;
import org.ttt4j.kernel.FastWeights;
import org.ttt4j.kernel.FusedInnerLoop;
import org.ttt4j.kernel.InnerBuffers;
import org.ttt4j.kernel.InnerChunk;
import org.ttt4j.kernel.InnerGradients;
import org.ttt4j.kernel.InnerKernel;
import org.ttt4j.kernel.InnerShape;
import org.ttt4j.kernel.InnerTrace;
import org.ttt4j.kernel.InnerWeights;
import org.ttt4j.kernel.Workers;
import org.ttt4j.ops.Chunk;
import org.ttt4j.ops.Gradients;
import org.ttt4j.ops.InnerSpec;
import org.ttt4j.ops.Vjp.InnerInputs;
import org.ttt4j.ops.Vjp.Traced;
import org.ttt4j.param.Param;
import org.ttt4j.tensor.TttException;

/** Hands inner loops to the fused kernels; layers of one shape share their scratch. */
final class HostInnerLoop implements AutoCloseable {

    private final InnerKernel kernel;
    private final Workers workers;
    private final Arena arena;
    private final Function<Param, HostArray> weights;
    private final Ahead ahead;
    private final Map<InnerShape, FusedInnerLoop> loops = new ConcurrentHashMap<>();

    HostInnerLoop(InnerKernel kernel, Workers workers, Arena arena, Function<Param, HostArray> weights, Ahead ahead) {
        this.ahead = ahead;
        this.kernel = kernel;
        this.workers = workers;
        this.arena = arena;
        this.weights = weights;
    }

    HostInnerState newState(InnerSpec spec, int batch) {
        return new HostInnerState(spec, shape(spec), weights, batch);
    }

    /** The kernels' description of a layer. */
    private static InnerShape shape(InnerSpec spec) {
        if (spec.model() instanceof LinearModel) {
            return InnerShape.linear(spec.heads(), spec.headSize(), spec.miniBatch());
        }
        if (spec.model() instanceof MlpModel) {
            return InnerShape.mlp(spec.heads(), spec.headSize(), spec.miniBatch());
        }
        throw TttException.mismatch(
                "inner model in training",
                "TTT-Linear or TTT-MLP, whose outer gradients are known",
                spec.model().name());
    }

    HostArray forward(InnerSpec spec, HostArray q, HostArray k, HostArray v, HostArray rate, Chunk chunk) {
        HostArray out = arena.array(q.shape());
        if (chunk.maxLength() == 1) {
            ahead.using(spec, chunk.slot(spec, HostInnerState.class).pieces());
        }
        loop(spec).forward(inner(spec), state(spec, chunk), tokens(spec, q, k, v, rate, chunk), out.data());
        return out;
    }

    Traced<HostArray> trace(
            InnerSpec spec, HostArray q, HostArray k, HostArray v, HostArray rate, Chunk chunk, int checkpointEvery) {
        HostArray out = arena.array(q.shape());
        InnerTrace trace = loop(spec)
                .trace(
                        inner(spec),
                        state(spec, chunk),
                        tokens(spec, q, k, v, rate, chunk),
                        out.data(),
                        checkpointEvery);
        return new Traced<>(out, trace);
    }

    InnerInputs<HostArray> backward(InnerSpec spec, InnerTrace trace, HostArray dy, Gradients<HostArray> gradients) {
        InnerInputs<HostArray> d = new InnerInputs<>(
                arena.array(dy.shape()),
                arena.array(dy.shape()),
                arena.array(dy.shape()),
                arena.like(dy, spec.heads()));
        float[] da = new float[spec.miniBatch()];
        InnerGradients sums = new InnerGradients(
                d.q().data(),
                d.k().data(),
                d.v().data(),
                d.rate().data(),
                sum(spec.normWeight(), gradients),
                sum(spec.normBias(), gradients),
                da,
                FastWeights.of(
                        spec.weights().stream().map(p -> sum(p, gradients)).toList()));
        loop(spec).backward(trace, dy.data(), sums);
        if (gradients.wants(spec.tokenIdx())) {
            addPositionGradient(weights.apply(spec.tokenIdx()).data(), da, gradients.of(spec.tokenIdx()));
        }
        return d;
    }

    /** Where the gradient of a parameter is added up; of a frozen one, nowhere that matters. */
    private static float[] sum(Param p, Gradients<HostArray> gradients) {
        return gradients.wants(p) ? gradients.of(p).data() : new float[Math.toIntExact(p.count())];
    }

    private FusedInnerLoop loop(InnerSpec spec) {
        return loops.computeIfAbsent(shape(spec), s -> new FusedInnerLoop(kernel, s, workers));
    }

    @Override
    public void close() {
        loops.values().forEach(FusedInnerLoop::close);
    }

    private InnerWeights inner(InnerSpec spec) {
        float[] idx = weights.apply(spec.tokenIdx()).data();
        float[] a = new float[idx.length];
        for (int j = 0; j < a.length; j++) {
            a[j] = Math.max(0, positionFactor(idx, j));
        }
        return new InnerWeights(
                weights.apply(spec.normWeight()).data(),
                weights.apply(spec.normBias()).data(),
                a);
    }

    private static float positionFactor(float[] idx, int j) {
        return (float) (1.0 / (j + 1)) + idx[j];
    }

    /** Below 0 the factor is clamped; at exactly 0 the gradient passes. */
    private static void addPositionGradient(float[] idx, float[] da, HostArray dIdx) {
        for (int j = 0; j < da.length; j++) {
            if (positionFactor(idx, j) >= 0) {
                dIdx.data()[j] += da[j];
            }
        }
    }

    private static InnerBuffers state(InnerSpec spec, Chunk chunk) {
        return chunk.slot(spec, HostInnerState.class).buffers();
    }

    private static InnerChunk tokens(
            InnerSpec spec, HostArray q, HostArray k, HostArray v, HostArray rate, Chunk chunk) {
        List<HostArray> tokens = List.of(q, k, v);
        for (int i = 0; i < tokens.size(); i++) {
            tokens.get(i).requireTokens(spec.key() + " " + "qkv".charAt(i), chunk.batch(), spec.channels());
            tokens.get(i).requireShapeOf(spec.key() + " " + "qkv".charAt(i), q);
        }
        rate.requireTokens(spec.key() + " rate", chunk.batch(), spec.heads());
        return new InnerChunk(
                q.data(), k.data(), v.data(), rate.data(), chunk.positions(), chunk.lengths(), q.shape()[1]);
    }
}
