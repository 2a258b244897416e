package org.ttt4j.layer;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.ttt4j.execution.Execution;
import org.ttt4j.ops.Chunk;
import org.ttt4j.ops.Executor;
import org.ttt4j.ops.Gradients;
import org.ttt4j.ops.Ops;
import org.ttt4j.ops.OpsDecorator;
import org.ttt4j.ops.SequenceState;
import org.ttt4j.ops.Tape;
import org.ttt4j.ops.Var;
import org.ttt4j.param.Param;
import org.ttt4j.param.WeightSource;
import org.ttt4j.tensor.Tensors;
import org.ttt4j.tensor.TttException;

/**
 * A bare layer that runs on ND4J arrays, forward and backward, without a language model around it. The layer's weights are
 * fixed; what it learns from a sequence is in the state, which the caller owns.
 *
 * @param <A> the executor's array type, of no concern to a caller
 */
public final class LayerSession<A> implements AutoCloseable {

    private final SequenceMixer layer;
    private final Executor<A> executor;
    private final Ops<A> ops;

    private LayerSession(SequenceMixer layer, Executor<A> executor, Ops<A> ops) {
        this.layer = layer;
        this.executor = executor;
        this.ops = ops;
    }

    /**
     * Opens a layer.
     *
     * @param weights its values, for example {@code WeightSource.init(seed)}
     * @throws TttException if the weights lack a parameter or have it in another shape, or the execution cannot do what is asked
     */
    public static LayerSession<?> open(SequenceMixer layer, WeightSource weights, Execution execution) {
        return of(layer, execution.open(layer.params(), weights));
    }

    /** A layer on an executor of its own, which the session closes. */
    public static <A> LayerSession<A> of(SequenceMixer layer, Executor<A> executor) {
        return new LayerSession<>(layer, executor, executor);
    }

    /** The same layer, same weights, looked on by a probe in every {@link #forward}. */
    public LayerSession<A> observedBy(OpsDecorator probe) {
        return new LayerSession<>(layer, executor, probe.around(ops));
    }

    /** What runs the layer, in one line. */
    public String description() {
        return executor.description();
    }

    /** A state at the start of B sequences. */
    public SequenceState newState(int batch) {
        return SequenceState.create(executor, layer.states(), batch);
    }

    /** A copy of a parameter's values. */
    public INDArray weight(Param p) {
        return executor.value(p);
    }

    /**
     * All tokens of x, continuing from the state, which moves on.
     *
     * @param x [B, L, C]
     * @return [B, L, C]
     * @throws TttException naming the tensor or the state that does not fit; nothing has been changed then
     */
    public INDArray forward(INDArray x, SequenceState state) {
        return forward(x, state, allTokens(x, state));
    }

    /**
     * The first {@code lengths[b]} tokens of every sequence; the rest is padding.
     *
     * @param x [B, L, C]
     * @return [B, L, C]; what stands in padding means nothing
     */
    public INDArray forward(INDArray x, SequenceState state, int... lengths) {
        Chunk chunk = chunk(x, state, lengths);
        INDArray y = ops.out(layer.forward(ops, ops.in(x), chunk));
        chunk.finish();
        return y;
    }

    /** As {@link #forward(INDArray, SequenceState)}, remembering what {@link Recording#backward} needs. */
    public Recording record(INDArray x, SequenceState state) {
        return record(x, state, allTokens(x, state));
    }

    /** As {@link #forward(INDArray, SequenceState, int...)}, remembering what {@link Recording#backward} needs. */
    public Recording record(INDArray x, SequenceState state, int... lengths) {
        Chunk chunk = chunk(x, state, lengths);
        Recording recording = new Recording(x, chunk);
        chunk.finish();
        return recording;
    }

    /** Forward and backward over all tokens of x in one call; see {@link Recording#backward}. */
    public LayerGradients gradients(INDArray x, INDArray dy, SequenceState state) {
        return record(x, state).backward(dy);
    }

    private int[] allTokens(INDArray x, SequenceState state) {
        requireInput(x, state);
        int[] lengths = new int[state.batch()];
        Arrays.fill(lengths, (int) x.size(1));
        return lengths;
    }

    private void requireInput(INDArray x, SequenceState state) {
        if (state == null) {
            throw TttException.mismatch("state", "one that newState made", null);
        }
        Tensors.requireShape("x", x, state.batch(), -1, layer.channels());
    }

    private Chunk chunk(INDArray x, SequenceState state, int[] lengths) {
        requireInput(x, state);
        state.require(layer.states());
        Chunk chunk = state.chunk(lengths);
        if (chunk.maxLength() < 1 || chunk.maxLength() > x.size(1)) {
            throw TttException.mismatch(
                    "longest sequence", "1 to " + x.size(1) + " tokens, as x has", chunk.maxLength());
        }
        return chunk;
    }

    /** One forward pass that can be walked back once. */
    public final class Recording {

        private final Gradients<A> gradients = new Gradients<>(p -> executor.zeros(p.shape()), p -> true);
        private final Tape<A> tape = new Tape<>(executor, gradients, 0);
        private final Var<A> x;
        private final Var<A> y;

        private Recording(INDArray input, Chunk chunk) {
            x = tape.in(input);
            y = layer.forward(tape, x, chunk);
        }

        /** The layer's output [B, L, C]. */
        public INDArray output() {
            return executor.out(y.value());
        }

        /**
         * Gradients of the outer loss, through the whole inner loop (second order). What earlier calls left in the state
         * counts as constant.
         *
         * @param dy the gradient at the output, [B, L, C]; must be 0 in padding
         */
        public LayerGradients backward(INDArray dy) {
            Tensors.requireShape("dy", dy, output().shape());
            tape.backward(y, executor.in(dy));
            Map<String, INDArray> byKey = new LinkedHashMap<>();
            for (Param p : layer.params()) {
                byKey.put(p.key(), executor.out(gradients.of(p)));
            }
            return new LayerGradients(executor.out(x.gradient()), byKey);
        }
    }

    @Override
    public void close() {
        executor.close();
    }
}
