package org.ttt4j.ops;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.ttt4j.tensor.Tensors;
import org.ttt4j.tensor.TttException;

/**
 * What a layer or model remembers of the sequences of a batch: the position of each and one {@link State} for every
 * declared {@link StateSpec}. It belongs to the caller, is advanced in place by each forward call, and is branched by
 * {@link #copy()} or {@link #select}. Every sequence stands at its own position.
 */
public final class SequenceState {

    private final Map<String, StateSpec> specs;
    private final Map<String, State> slots;
    private final int[] position;

    private SequenceState(Map<String, StateSpec> specs, Map<String, State> slots, int[] position) {
        this.specs = specs;
        this.slots = slots;
        this.position = position;
    }

    /** A state at the start of every sequence. */
    public static SequenceState create(Ops<?> ops, List<? extends StateSpec> specs, int batch) {
        if (batch < 1) {
            throw TttException.mismatch("batch", "at least 1", batch);
        }
        Map<String, StateSpec> declared = new LinkedHashMap<>();
        Map<String, State> slots = new LinkedHashMap<>();
        for (StateSpec spec : specs) {
            declared.put(spec.key(), spec);
            slots.put(spec.key(), ops.newState(spec, batch));
        }
        return new SequenceState(declared, slots, new int[batch]);
    }

    /** B: how many sequences. */
    public int batch() {
        return position.length;
    }

    /** Tokens that the sequence has seen. */
    public int position(int sequence) {
        checkSequence(sequence);
        return position[sequence];
    }

    /**
     * Begins a chunk: sequence b brings {@code lengths[b]} tokens, 0 for none.
     *
     * @throws TttException if the number of lengths is not the batch size, a length is negative or a position overflows
     */
    public Chunk chunk(int... lengths) {
        if (lengths == null || lengths.length != batch()) {
            throw TttException.mismatch(
                    "lengths", batch() + " sequences, as the state has", lengths == null ? null : lengths.length);
        }
        for (int b = 0; b < lengths.length; b++) {
            if (lengths[b] < 0 || lengths[b] > Integer.MAX_VALUE - position[b]) {
                throw TttException.mismatch("length of sequence " + b, "0 to 2^31-1 tokens in all", lengths[b]);
            }
        }
        return new Chunk(this, position.clone(), lengths.clone());
    }

    /**
     * Checks that the state holds what is declared, in the same sizes.
     *
     * @throws TttException naming the first slot that is missing or of another layout
     */
    public void require(List<? extends StateSpec> declared) {
        for (StateSpec spec : declared) {
            slot(spec);
        }
    }

    State slot(StateSpec spec) {
        State slot = slots.get(spec.key());
        if (slot == null) {
            throw TttException.mismatch("state", "a slot " + spec.key(), slots.keySet());
        }
        StateSpec made = specs.get(spec.key());
        if (made != spec && !made.layout().equals(spec.layout())) {
            throw TttException.mismatch("state " + spec.key(), spec.layout(), made.layout());
        }
        return slot;
    }

    void advance(int[] lengths) {
        for (int b = 0; b < position.length; b++) {
            position[b] += lengths[b];
        }
    }

    /** An independent copy: the way to branch. */
    public SequenceState copy() {
        return map(State::copy, position.clone());
    }

    /** A state of the given sequences in that order; naming one several times forks it. */
    public SequenceState select(int... sequences) {
        for (int b : sequences) {
            checkSequence(b);
        }
        return map(
                s -> s.select(sequences),
                Arrays.stream(sequences).map(b -> position[b]).toArray());
    }

    private SequenceState map(UnaryOperator<State> change, int[] newPosition) {
        Map<String, State> changed = new LinkedHashMap<>();
        slots.forEach((key, slot) -> changed.put(key, change.apply(slot)));
        return new SequenceState(specs, changed, newPosition);
    }

    /** Puts one sequence back to the start, as at a document's border. */
    public void reset(int sequence) {
        checkSequence(sequence);
        slots.values().forEach(s -> s.reset(sequence));
        position[sequence] = 0;
    }

    private void checkSequence(int b) {
        if (b < 0 || b >= batch()) {
            throw TttException.mismatch("sequence", "0 to " + (batch() - 1), b);
        }
    }

    /** Bytes that the state holds, for all sequences. */
    public long bytes() {
        return slots.values().stream().mapToLong(State::bytes).sum();
    }

    /** All tensors, named {@code slot.tensor}, and {@code position} [B]. */
    public Map<String, INDArray> save(State.Form form) {
        Map<String, INDArray> all = new LinkedHashMap<>();
        all.put("position", Nd4j.createFromArray(position));
        slots.forEach((key, slot) -> slot.save(form).forEach((name, x) -> all.put(key + "." + name, x)));
        return all;
    }

    /**
     * Takes over what {@link #save} gave.
     *
     * @throws TttException naming the first tensor that is missing, mis-shaped or unknown
     */
    public void restore(State.Form form, Map<String, INDArray> tensors) {
        Map<String, INDArray> rest = new LinkedHashMap<>(tensors);
        INDArray positions = Tensors.requireShape("position", rest.remove("position"), batch());
        for (int b = 0; b < batch(); b++) {
            if (positions.getLong(b) < 0 || positions.getLong(b) > Integer.MAX_VALUE) {
                throw TttException.mismatch("position of sequence " + b, "0 to 2^31-1", positions.getLong(b));
            }
        }
        Map<String, State> fresh = new LinkedHashMap<>();
        slots.forEach((key, slot) -> fresh.put(key, restored(slot.copy(), key + ".", form, rest)));
        if (!rest.isEmpty()) {
            throw TttException.mismatch("state", "tensors of " + slots.keySet(), "unknown " + rest.keySet());
        }
        slots.putAll(fresh);
        for (int b = 0; b < batch(); b++) {
            position[b] = (int) positions.getLong(b);
        }
    }

    private static State restored(State slot, String prefix, State.Form form, Map<String, INDArray> rest) {
        Map<String, INDArray> own = new LinkedHashMap<>();
        for (String name : slot.save(form).keySet()) {
            INDArray x = rest.remove(prefix + name);
            if (x != null) {
                own.put(name, x);
            }
        }
        slot.restore(form, own);
        return slot;
    }
}
