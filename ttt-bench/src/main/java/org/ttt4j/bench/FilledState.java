package org.ttt4j.bench;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.ttt4j.lm.LanguageModel;
import org.ttt4j.ops.Attention;
import org.ttt4j.ops.ForwardingOps;
import org.ttt4j.ops.Ops;
import org.ttt4j.ops.SequenceState;
import org.ttt4j.ops.State;
import org.ttt4j.ops.StateSpec;
import org.ttt4j.reference.KeyValues;
import org.ttt4j.tensor.Tensors;

/**
 * States as after a long text, without reading it: a cache of keys and values is filled with random numbers, of the right
 * size. States whose size does not depend on the text come from reading a short one. What a token costs afterwards is the
 * same.
 */
final class FilledState {

    /** Tokens that are read into states of constant size; whole inner mini-batches. */
    private static final int READ = 128;

    private FilledState() {}

    /**
     * @param context tokens that every sequence counts as read
     */
    static SequenceState of(LanguageModel<?> model, int batch, int context, Random random) {
        List<StateSpec> specs = model.lm().states();
        if (specs.stream().noneMatch(Attention.class::isInstance)) {
            return read(model, batch, context, random);
        }
        try (Caches caches = new Caches(batch, context, random.nextLong())) {
            SequenceState state = SequenceState.create(new Filling<>(model.executor(), caches), specs, batch);
            return at(context, state);
        }
    }

    private static SequenceState read(LanguageModel<?> model, int batch, int context, Random random) {
        SequenceState state = model.newState(batch);
        int tokens = Math.min(READ, context);
        if (tokens > 0) {
            int[][] ids = new int[batch][];
            Arrays.setAll(
                    ids, b -> random.ints(tokens, 0, model.lm().vocabulary()).toArray());
            model.next(ids, state);
        }
        return at(context, state);
    }

    /** Moves the positions on; what the text has left in the state stays. */
    private static SequenceState at(int context, SequenceState state) {
        int[] rest = new int[state.batch()];
        Arrays.setAll(rest, b -> context - state.position(b));
        state.chunk(rest).finish();
        return state;
    }

    /** An executor's operations, whose caches of keys and values are full from the start. */
    private static final class Filling<A> extends ForwardingOps<A> {

        private final Caches caches;

        Filling(Ops<A> ops, Caches caches) {
            super(ops);
            this.caches = caches;
        }

        @Override
        public State newState(StateSpec spec, int batch) {
            State state = super.newState(spec, batch);
            if (spec instanceof Attention attention) {
                state.restore(State.Form.EXACT, caches.of(attention));
            }
            return state;
        }
    }

    /** Random keys and values, [B, heads, tokens, D]; layers of one shape get the same, which saves the time to make them. */
    private static final class Caches implements AutoCloseable {

        private final int batch;
        private final int tokens;
        private final SplittableRandom random;
        private final Map<List<Integer>, INDArray> byShape = new LinkedHashMap<>();

        Caches(int batch, int tokens, long seed) {
            this.batch = batch;
            this.tokens = tokens;
            this.random = new SplittableRandom(seed);
        }

        Map<String, INDArray> of(Attention spec) {
            INDArray x = byShape.computeIfAbsent(List.of(spec.keyValueHeads(), spec.headSize()), s -> random(spec));
            int[] lengths = new int[batch];
            Arrays.fill(lengths, tokens);
            return Map.of(KeyValues.KEYS, x, KeyValues.VALUES, x, KeyValues.LENGTHS, Nd4j.createFromArray(lengths));
        }

        private INDArray random(Attention spec) {
            float[] values = new float
                    [Math.multiplyExact(Math.multiplyExact(batch * spec.keyValueHeads(), tokens), spec.headSize())];
            float unit = 1f / Integer.MAX_VALUE;
            for (int i = 0; i < values.length; i++) {
                values[i] = random.nextInt() * unit;
            }
            return Tensors.of(values, batch, spec.keyValueHeads(), tokens, spec.headSize());
        }

        @Override
        public void close() {
            byShape.values().forEach(INDArray::close);
        }
    }
}
