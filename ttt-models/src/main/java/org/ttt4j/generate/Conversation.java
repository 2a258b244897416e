package org.ttt4j.generate;

import java.nio.IntBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.ttt4j.lm.LanguageModel;
import org.ttt4j.ops.SequenceState;
import org.ttt4j.ops.State;
import org.ttt4j.state.StateFile;
import org.ttt4j.tensor.TttException;

/**
 * B texts that are read and written in turns without reading anything twice. It is the model's {@link SequenceState} and,
 * for every text, the ids that belong to it but have not been read yet: after {@link Generator} has written, that is the
 * last id, because a token is read only when the one after it is wanted. They are read first when the text goes on.
 */
public final class Conversation {

    private static final String PENDING = "pending";

    private final SequenceState state;
    private final IntBuffer[] pending;

    private Conversation(SequenceState state, IntBuffer[] pending) {
        this.state = state;
        this.pending = pending;
    }

    /** Texts that are still empty. */
    public static Conversation start(LanguageModel<?> model, int batch) {
        return of(model.newState(batch));
    }

    /** Texts that stand where a state stands; nothing is pending. The state then belongs to the conversation. */
    public static Conversation of(SequenceState state) {
        IntBuffer[] none = new IntBuffer[state.batch()];
        Arrays.fill(none, IntBuffer.allocate(0));
        return new Conversation(state, none);
    }

    /** B. */
    public int batch() {
        return pending.length;
    }

    /** What the model has learnt from the ids that it has read. */
    public SequenceState state() {
        return state;
    }

    /** The ids of a text that the state has not read yet. */
    public int[] pending(int sequence) {
        IntBuffer ids = pending[sequence].duplicate();
        int[] copy = new int[ids.remaining()];
        ids.get(copy);
        return copy;
    }

    /** An independent copy. */
    public Conversation copy() {
        return select(IntStream.range(0, batch()).toArray());
    }

    /** The given texts in that order; naming one several times forks it. */
    public Conversation select(int... sequences) {
        SequenceState chosen = state.select(sequences);
        return new Conversation(
                chosen,
                Arrays.stream(sequences)
                        .mapToObj(b -> IntBuffer.wrap(pending(b)))
                        .toArray(IntBuffer[]::new));
    }

    /**
     * Writes a state file that {@link #load} goes on from.
     *
     * @throws TttException naming the file, if it cannot be written
     */
    public void save(Path path) {
        String ids = IntStream.range(0, batch())
                .mapToObj(b ->
                        Arrays.stream(pending(b)).mapToObj(Integer::toString).collect(Collectors.joining(" ")))
                .collect(Collectors.joining(","));
        StateFile.save(path, state, State.Form.EXACT, Map.of(PENDING, ids));
    }

    /**
     * Reads any state file of this model.
     *
     * @throws TttException as {@link StateFile#load}
     */
    public static Conversation load(Path path, LanguageModel<?> model) {
        Conversation loaded = of(StateFile.load(path, model::newState));
        String note = StateFile.notes(path).get(PENDING);
        if (note != null) {
            String[] ids = note.split(",", -1);
            if (ids.length != loaded.batch() || !note.matches("[0-9 ,]*")) {
                throw TttException.mismatch(
                        path + ", " + PENDING, "ids of " + loaded.batch() + " sequences, between commas", note);
            }
            for (int b = 0; b < ids.length; b++) {
                loaded.append(b, parse(ids[b]));
            }
        }
        return loaded;
    }

    private static int[] parse(String ids) {
        return Arrays.stream(ids.split(" "))
                .filter(id -> !id.isEmpty())
                .mapToInt(Integer::parseInt)
                .toArray();
    }

    /** Lengthens a text by ids that are to be read. */
    void append(int sequence, int... ids) {
        IntBuffer before = pending[sequence].duplicate();
        pending[sequence] = IntBuffer.allocate(before.remaining() + ids.length)
                .put(before)
                .put(ids)
                .flip();
    }

    int pendingCount(int sequence) {
        return pending[sequence].remaining();
    }

    /**
     * Reads pending ids.
     *
     * @param counts how many of every text
     * @return logits of what follows, [B, V]; meaningless for a text of which none were read
     */
    INDArray read(LanguageModel<?> model, int[] counts) {
        int[][] ids = new int[batch()][];
        for (int b = 0; b < ids.length; b++) {
            ids[b] = new int[counts[b]];
            pending[b].duplicate().get(ids[b]);
        }
        INDArray logits = model.next(ids, state);
        for (int b = 0; b < ids.length; b++) {
            pending[b].position(pending[b].position() + counts[b]);
        }
        return logits;
    }
}
