package org.ttt4j.ops;

import java.util.Arrays;
import org.ttt4j.tensor.TttException;

/**
 * The tokens of one forward call: where each sequence of the batch stands, and how many of its columns are real. Columns
 * beyond a sequence's length are padding: they never enter a state.
 */
public final class Chunk {

    private final SequenceState state;
    private final int[] position;
    private final int[] length;
    private double rateMultiplier = 1;

    Chunk(SequenceState state, int[] position, int[] length) {
        this.state = state;
        this.position = position;
        this.length = length;
    }

    /** B. */
    public int batch() {
        return length.length;
    }

    /** L: the longest sequence of the chunk. */
    public int maxLength() {
        return Arrays.stream(length).max().orElse(0);
    }

    /** Position of a sequence's first token of this chunk. */
    public int position(int sequence) {
        return position[sequence];
    }

    /** Real tokens of a sequence in this chunk. */
    public int length(int sequence) {
        return length[sequence];
    }

    /** Position of every sequence's first token of this chunk. */
    public int[] positions() {
        return position.clone();
    }

    /** Real tokens of every sequence in this chunk. */
    public int[] lengths() {
        return length.clone();
    }

    /** Factor on every inner learning rate in this chunk; 1 unless a trainer warms the inner rate up. */
    public double rateMultiplier() {
        return rateMultiplier;
    }

    /** Sets {@link #rateMultiplier()}. */
    public Chunk withRateMultiplier(double multiplier) {
        rateMultiplier = multiplier;
        return this;
    }

    /** The memory of one operation. */
    public State slot(StateSpec spec) {
        return slot(spec, State.class);
    }

    /**
     * The memory of one operation as the executor made it.
     *
     * @param kind the executor's own class
     * @throws TttException if the state has no such slot, one of other sizes, or one of another executor
     */
    public <S extends State> S slot(StateSpec spec, Class<S> kind) {
        State slot = state.slot(spec);
        if (!kind.isInstance(slot)) {
            throw TttException.mismatch(
                    "state " + spec.key(),
                    "one that this executor made, a " + kind.getSimpleName(),
                    slot.getClass().getSimpleName());
        }
        return kind.cast(slot);
    }

    /** Moves the positions on, once all layers have run. */
    public void finish() {
        state.advance(length);
    }
}
