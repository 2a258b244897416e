package org.ttt4j.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.openjdk.jmh.infra.Blackhole;
import org.ttt4j.ops.Chunk;
import org.ttt4j.ops.Executor;
import org.ttt4j.ops.Gradients;
import org.ttt4j.ops.InnerSpec;
import org.ttt4j.ops.SequenceState;
import org.ttt4j.ops.Vjp;
import org.ttt4j.tensor.Tensors;

/**
 * An inner loop on random tokens, by any executor.
 *
 * @param <A> the executor's array type
 */
final class InnerLoopRun<A> implements AutoCloseable {

    /** What the projections before it give: queries, keys, values, rates. */
    private record Tokens<A>(A q, A k, A v, A rate) {}

    private final Executor<A> executor;
    private final InnerSpec inner;
    private final int batch;
    private final int length;
    private final Random random = new Random(1);
    private final Tokens<A> text;
    private final List<Tokens<A>> single = new ArrayList<>();
    private final A dy;
    private final Gradients<A> gradients;
    private SequenceState state;

    /** @param length tokens of a text */
    InnerLoopRun(Executor<A> executor, InnerSpec inner, int batch, int length) {
        this.executor = executor;
        this.inner = inner;
        this.batch = batch;
        this.length = length;
        text = tokens(length);
        for (int t = 0; t < inner.miniBatch(); t++) {
            single.add(tokens(1));
        }
        dy = gaussian(length, inner.channels(), 0, 1);
        gradients = new Gradients<>(p -> executor.zeros(p.shape()), p -> true);
    }

    /** Puts the state to the start of a text. */
    void begin() {
        state = SequenceState.create(executor, List.of(inner), batch);
    }

    /** All tokens of the text. */
    void forward(Blackhole outputs) {
        Chunk chunk = chunk(length);
        executor.scope(() -> {
            outputs.consume(executor.innerLoop(inner, text.q, text.k, text.v, text.rate, chunk));
            return null;
        });
        chunk.finish();
    }

    /** Forward and back. */
    void training(Blackhole outputs) {
        Vjp<A> vjp = executor.vjp();
        Chunk chunk = chunk(length);
        executor.scope(() -> {
            Vjp.Traced<A> traced = vjp.innerLoop(inner, text.q, text.k, text.v, text.rate, chunk, 0);
            outputs.consume(traced.output());
            outputs.consume(vjp.innerLoop(inner, traced.trace(), dy, gradients));
            return null;
        });
        chunk.finish();
    }

    /** One token of the first mini-batch. */
    void token(int t, Blackhole outputs) {
        Tokens<A> x = single.get(t);
        Chunk chunk = chunk(1);
        executor.scope(() -> {
            outputs.consume(executor.innerLoop(inner, x.q, x.k, x.v, x.rate, chunk));
            return null;
        });
        chunk.finish();
    }

    private Chunk chunk(int tokens) {
        int[] lengths = new int[batch];
        Arrays.fill(lengths, tokens);
        return state.chunk(lengths);
    }

    private Tokens<A> tokens(int tokens) {
        int C = inner.channels();
        return new Tokens<>(
                gaussian(tokens, C, 0, 1),
                gaussian(tokens, C, 0, 1),
                gaussian(tokens, C, 0, 1),
                gaussian(tokens, inner.heads(), 0.5 / inner.headSize(), 0));
    }

    private A gaussian(int tokens, int width, double mean, double deviation) {
        float[] values = new float[batch * tokens * width];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (mean + deviation * random.nextGaussian());
        }
        return executor.in(Tensors.of(values, batch, tokens, width));
    }

    @Override
    public void close() {
        executor.close();
    }
}
