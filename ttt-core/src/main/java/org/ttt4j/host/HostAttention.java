package org.ttt4j.host;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.ttt4j.attention.AttentionShape;
import org.ttt4j.attention.AttentionTokens;
import org.ttt4j.attention.AttentionTrace;
import org.ttt4j.attention.FlashAttention;
import org.ttt4j.attention.FlashGradient;
import org.ttt4j.attention.KeyValueBlocks;
import org.ttt4j.kernel.Workers;
import org.ttt4j.ops.Attention;
import org.ttt4j.ops.Chunk;
import org.ttt4j.ops.Vjp.Traced;
import org.ttt4j.ops.Vjp.Triple;
import org.ttt4j.tensor.TttException;

/** Hands attention to its kernels; layers of one shape share their scratch. */
final class HostAttention {

    private final Workers workers;
    private final Arena arena;
    private final boolean vectorised;
    private final Map<AttentionShape, FlashAttention> forward = new ConcurrentHashMap<>();
    private final Map<AttentionShape, FlashGradient> backward = new ConcurrentHashMap<>();

    HostAttention(Workers workers, Arena arena, boolean vectorised) {
        this.workers = workers;
        this.arena = arena;
        this.vectorised = vectorised;
    }

    static AttentionShape shape(Attention spec) {
        return new AttentionShape(spec.heads(), spec.keyValueHeads(), spec.headSize());
    }

    HostArray forward(Attention spec, HostArray q, HostArray k, HostArray v, Chunk chunk) {
        AttentionTokens tokens = tokens(spec, q, k, v, chunk);
        HostArray out = arena.array(q.shape());
        forward(spec).forward(read(spec, chunk), tokens, out.data());
        return out;
    }

    Traced<HostArray> trace(Attention spec, HostArray q, HostArray k, HostArray v, Chunk chunk) {
        AttentionTokens tokens = tokens(spec, q, k, v, chunk);
        HostArray out = arena.array(q.shape());
        return new Traced<>(out, forward(spec).trace(read(spec, chunk), tokens, out.data()));
    }

    Triple<HostArray> backward(Attention spec, AttentionTrace trace, HostArray dy) {
        HostArray dq = arena.array(dy.shape());
        HostArray dk = arena.like(dy, spec.keyValueHeads() * spec.headSize());
        HostArray dv = arena.like(dy, spec.keyValueHeads() * spec.headSize());
        backward.computeIfAbsent(shape(spec), s -> new FlashGradient(s, workers, vectorised))
                .backward(trace, dy.data(), dq.data(), dk.data(), dv.data());
        return new Triple<>(dq, dk, dv);
    }

    private FlashAttention forward(Attention spec) {
        return forward.computeIfAbsent(shape(spec), s -> new FlashAttention(s, workers, vectorised));
    }

    private static KeyValueBlocks read(Attention spec, Chunk chunk) {
        KeyValueBlocks read = chunk.slot(spec, HostKeyValues.class).blocks();
        for (int b = 0; b < chunk.batch(); b++) {
            if (read.length(b) != chunk.position(b)) {
                throw TttException.mismatch(
                        spec.key() + ", tokens of sequence " + b,
                        chunk.position(b) + ", as its position says",
                        read.length(b));
            }
        }
        return read;
    }

    private static AttentionTokens tokens(Attention spec, HostArray q, HostArray k, HostArray v, Chunk chunk) {
        int width = spec.keyValueHeads() * spec.headSize();
        q.requireTokens(spec.key() + " q", chunk.batch(), spec.heads() * spec.headSize());
        k.requireTokens(spec.key() + " k", chunk.batch(), width);
        v.requireTokens(spec.key() + " v", chunk.batch(), width).requireShapeOf(spec.key() + " v", k);
        if (k.shape()[1] != q.shape()[1]) {
            throw TttException.mismatch(spec.key() + " k, tokens", q.shape()[1], k.shape()[1]);
        }
        return new AttentionTokens(q.data(), k.data(), v.data(), chunk.positions(), chunk.lengths(), q.shape()[1]);
    }
}
