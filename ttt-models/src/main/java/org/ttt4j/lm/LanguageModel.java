package org.ttt4j.lm;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.ttt4j.execution.Execution;
import org.ttt4j.matrix.WeightType;
import org.ttt4j.ops.Chunk;
import org.ttt4j.ops.Executor;
import org.ttt4j.ops.Gradients;
import org.ttt4j.ops.Ops;
import org.ttt4j.ops.OpsDecorator;
import org.ttt4j.ops.SequenceState;
import org.ttt4j.ops.StateSpec;
import org.ttt4j.ops.Tape;
import org.ttt4j.ops.Var;
import org.ttt4j.param.Param;
import org.ttt4j.param.WeightSource;
import org.ttt4j.tensor.Tensors;
import org.ttt4j.tensor.TttException;

/**
 * A language model with weights, on an executor. It has no memory of its own: what it learns from a text while reading is
 * in the {@link SequenceState}, which the caller owns, advances with every call, copies to branch, saves and restores. The
 * weights do not change while it runs. Calls must not overlap.
 *
 * @param <A> the executor's array type, of no concern to a caller
 */
public final class LanguageModel<A> implements AutoCloseable {

    /** Tokens of all sequences that are read at a time where only the last logits are asked for: bounds memory. */
    private static final int READ_TOKENS = 1024;

    private final CausalLM lm;
    private final List<StateSpec> states;
    private final Executor<A> executor;
    private final Ops<A> ops;

    private LanguageModel(CausalLM lm, Executor<A> executor, Ops<A> ops) {
        this.lm = lm;
        this.states = lm.states();
        this.executor = executor;
        this.ops = ops;
    }

    /**
     * Starts a model.
     *
     * @param weights its values: a checkpoint, or {@code WeightSource.init(seed)}
     */
    public static LanguageModel<?> open(CausalLM lm, WeightSource weights, Execution execution) {
        LanguageModel<?> model = of(lm, execution.begin(lm.params(), weights));
        model.finishLoading(execution.weights() != WeightType.FLOAT32);
        return model;
    }

    /** Weights that are to be rounded are read and rounded when they are first used. */
    private void finishLoading(boolean use) {
        try {
            if (use) {
                next(new int[][] {{0}}, newState(1)).close();
            }
            executor.settle();
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    private static <A> LanguageModel<A> of(CausalLM lm, Executor<A> executor) {
        return new LanguageModel<>(lm, executor, executor);
    }

    /** The same model, same weights, looked on by a probe in every forward pass. */
    public LanguageModel<A> observedBy(OpsDecorator probe) {
        return new LanguageModel<>(lm, executor, probe.around(ops));
    }

    public CausalLM lm() {
        return lm;
    }

    /** What runs it: for trainers and tools that work below ND4J arrays. */
    public Executor<A> executor() {
        return executor;
    }

    /** A copy of a parameter's values. */
    public INDArray weight(Param p) {
        return executor.value(p);
    }

    /** Its own values as a source, for a checkpoint or another executor. */
    public WeightSource weights() {
        return this::weight;
    }

    /** A state at the start of B sequences. */
    public SequenceState newState(int batch) {
        return SequenceState.create(executor, states, batch);
    }

    /**
     * Reads the ids and gives the logits after every one of them. The state moves on.
     *
     * @param ids per sequence, of any lengths, not all empty
     * @return [B, L, V], L the longest; what stands beyond a sequence's length means nothing
     * @throws TttException naming the first id that is out of range; nothing has been changed then
     */
    public INDArray forward(int[][] ids, SequenceState state) {
        Chunk chunk = begin(ids, state);
        INDArray logits = ops.scope(() -> ops.out(lm.logits(ops, lm.hidden(ops, ids, chunk))));
        chunk.finish();
        return logits;
    }

    /**
     * Reads the ids and gives the logits of the next token only.
     *
     * @return [B, V]; zeros for a sequence that brought no token
     */
    public INDArray next(int[][] ids, SequenceState state) {
        checkIds(ids, 0);
        int longest =
                Arrays.stream(ids).mapToInt(sequence -> sequence.length).max().orElse(0);
        int step = ops == executor ? Math.max(1, READ_TOKENS / Math.max(1, ids.length)) : longest;
        if (longest <= step) {
            return readPiece(ids, state);
        }
        INDArray logits = Nd4j.zeros(executor.dataType(), ids.length, lm.vocabulary());
        for (int from = 0; from < longest; from += step) {
            int first = from;
            int end = from + step;
            int[][] piece = Arrays.stream(ids)
                    .map(sequence -> Arrays.copyOfRange(
                            sequence, Math.min(first, sequence.length), Math.min(end, sequence.length)))
                    .toArray(int[][]::new);
            if (Arrays.stream(ids).noneMatch(sequence -> sequence.length > first && sequence.length <= end)) {
                skim(piece, state);
                continue;
            }
            INDArray last = readPiece(piece, state);
            for (int b = 0; b < ids.length; b++) {
                if (ids[b].length > first && ids[b].length <= end) {
                    Tensors.rows(logits, b, b + 1).assign(Tensors.rows(last, b, b + 1));
                }
            }
        }
        return logits;
    }

    /** Reads without asking for logits: the head's weights stay where they are. */
    private void skim(int[][] ids, SequenceState state) {
        Chunk chunk = begin(ids, state);
        ops.scope(() -> lm.hidden(ops, ids, chunk));
        chunk.finish();
    }

    /** As {@link #next}, in one go. */
    private INDArray readPiece(int[][] ids, SequenceState state) {
        Chunk chunk = begin(ids, state);
        INDArray logits = ops.scope(() -> ops.out(lm.logits(ops, ops.last(lm.hidden(ops, ids, chunk), chunk))));
        chunk.finish();
        return logits.reshape(logits.size(0), logits.size(2));
    }

    /**
     * Reads the ids and gives the negative log-likelihood of the targets.
     *
     * @param targets the id that follows each id; negative for none
     * @return [B, L] in nats, 0 where there is no target
     */
    public INDArray loss(int[][] ids, int[][] targets, SequenceState state) {
        checkIds(targets, Integer.MIN_VALUE);
        Chunk chunk = begin(ids, state);
        INDArray loss = ops.scope(() -> ops.out(ops.crossEntropy(lm.logits(ops, lm.hidden(ops, ids, chunk)), targets)));
        chunk.finish();
        return loss;
    }

    /**
     * Everything that a forward pass computes on the way to the logits.
     *
     * @param hidden the residual stream after every block, [B, L, C] each
     * @param last the normalised last hidden state [B, L, C]
     * @param logits [B, L, V]
     */
    public record Activations(List<INDArray> hidden, INDArray last, INDArray logits) {}

    /** As {@link #forward}, with a look inside. */
    public Activations activations(int[][] ids, SequenceState state) {
        Chunk chunk = begin(ids, state);
        List<INDArray> hidden = new ArrayList<>();
        A last = lm.hidden(ops, ids, chunk, (i, h) -> hidden.add(ops.out(h)));
        INDArray logits = ops.out(lm.logits(ops, last));
        chunk.finish();
        return new Activations(hidden, ops.out(last), logits);
    }

    /**
     * The mean loss over all targets, and its gradient for every parameter, through the whole inner loop.
     *
     * @param targets the id that follows each id; negative for none
     */
    public LossGradients lossGradients(int[][] ids, int[][] targets, SequenceState state) {
        checkIds(targets, Integer.MIN_VALUE);
        Chunk chunk = begin(ids, state);
        Gradients<A> gradients = new Gradients<>(p -> executor.zeros(p.shape()), p -> true);
        long n = Arrays.stream(targets)
                .flatMapToInt(Arrays::stream)
                .filter(y -> y >= 0)
                .count();
        double loss = addGradients(ids, targets, chunk, gradients, 1.0 / Math.max(1, n));
        Map<String, INDArray> byKey = new LinkedHashMap<>();
        lm.params().forEach(p -> byKey.put(p.key(), executor.out(gradients.of(p))));
        return new LossGradients(loss / Math.max(1, n), byKey);
    }

    /**
     * One forward and one backward pass, for trainers: adds scale times the gradient of the sum of all losses.
     *
     * @param chunk of the ids, from {@link #begin}; finished here
     * @return the sum of all losses
     */
    public double addGradients(int[][] ids, int[][] targets, Chunk chunk, Gradients<A> gradients, double scale) {
        return executor.scope(() -> {
            Tape<A> tape = new Tape<>(executor, gradients, 0);
            Var<A> losses = tape.crossEntropy(lm.logits(tape, lm.hidden(tape, ids, chunk)), targets);
            chunk.finish();
            INDArray perToken = executor.out(losses.value());
            tape.backward(losses, executor.in(Nd4j.valueArrayOf(perToken.shape(), scale, executor.dataType())));
            double sum = 0;
            for (double loss : Tensors.toDoubles(perToken)) {
                sum += loss;
            }
            return sum;
        });
    }

    /** Checks the ids and begins a chunk of them. */
    public Chunk begin(int[][] ids, SequenceState state) {
        checkIds(ids, 0);
        int[] lengths = new int[ids.length];
        for (int b = 0; b < ids.length; b++) {
            lengths[b] = ids[b].length;
        }
        if (state == null) {
            throw TttException.mismatch("state", "one that newState made", null);
        }
        state.require(states);
        Chunk chunk = state.chunk(lengths);
        if (chunk.maxLength() == 0) {
            throw TttException.mismatch("token ids", "at least one token", "none");
        }
        return chunk;
    }

    /** @param least the least id that is allowed; targets may be negative */
    private void checkIds(int[][] ids, int least) {
        int V = lm.vocabulary();
        if (ids == null) {
            throw TttException.mismatch("token ids", "some for every sequence", null);
        }
        for (int b = 0; b < ids.length; b++) {
            if (ids[b] == null) {
                throw TttException.mismatch("token ids of sequence " + b, "an array", null);
            }
            for (int t = 0; t < ids[b].length; t++) {
                if (ids[b][t] < least || ids[b][t] >= V) {
                    throw TttException.mismatch(
                            "token id at " + List.of(b, t), "0 to " + (V - 1) + ", the vocabulary", ids[b][t]);
                }
            }
        }
    }

    @Override
    public void close() {
        executor.close();
    }
}
