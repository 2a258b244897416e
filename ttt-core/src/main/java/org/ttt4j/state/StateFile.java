package org.ttt4j.state;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntFunction;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.ttt4j.ops.SequenceState;
import org.ttt4j.ops.State;
import org.ttt4j.safetensors.SafetensorsFile;
import org.ttt4j.safetensors.SafetensorsWriter;
import org.ttt4j.safetensors.TensorInfo;
import org.ttt4j.tensor.TttException;

/**
 * A {@link SequenceState} as a file: safetensors with the tensors of {@link SequenceState#save} and metadata that says what
 * they are (docs/state-file.md). A state in {@link State.Form#EXACT} goes on with the same bits; one in
 * {@link State.Form#CACHE} is exchanged with the authors' PyTorch code. Either may be restored by another executor or in
 * another precision than it was saved from.
 */
public final class StateFile {

    private static final String FORMAT = "ttt4j-state";
    private static final String VERSION = "1";
    private static final String NOTE = "note.";
    private static final String POSITION = "position";

    private StateFile() {}

    /**
     * Creates or replaces a file, whole or not at all.
     *
     * @throws TttException naming the file, if it cannot be written
     */
    public static void save(Path path, SequenceState state) {
        save(path, state, State.Form.EXACT, Map.of());
    }

    /**
     * Creates or replaces a file, whole or not at all.
     *
     * @param notes free text that travels with the state, by key
     * @throws TttException naming the file, if it cannot be written
     */
    public static void save(Path path, SequenceState state, State.Form form, Map<String, String> notes) {
        Map<String, INDArray> tensors = state.save(form);
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("format", FORMAT);
        metadata.put("version", VERSION);
        metadata.put("form", label(form));
        metadata.put("model", Digest.ofModel(state));
        metadata.put("sha256", Digest.of(tensors));
        metadata.put("creator", creator());
        notes.forEach((key, text) -> metadata.put(NOTE + key, text));
        SafetensorsWriter.write(path, tensors, metadata);
    }

    /**
     * Makes the state that a file holds.
     *
     * @param newState gives a state at the start of that many sequences: {@code model::newState}
     * @throws TttException naming the file and what is wrong: no state file, a newer version, another model, damaged
     */
    public static SequenceState load(Path path, IntFunction<SequenceState> newState) {
        try (SafetensorsFile file = open(path)) {
            SequenceState state = newState.apply(batch(file));
            restore(file, state);
            return state;
        }
    }

    /**
     * Puts a state where the one in a file stood.
     *
     * @param state of as many sequences
     * @throws TttException as {@link #load}, or if the batch sizes differ; the state is as before then
     */
    public static void restore(Path path, SequenceState state) {
        try (SafetensorsFile file = open(path)) {
            restore(file, state);
        }
    }

    /** The text that {@link #save(Path, SequenceState, State.Form, Map)} was given. */
    public static Map<String, String> notes(Path path) {
        try (SafetensorsFile file = open(path)) {
            Map<String, String> notes = new LinkedHashMap<>();
            file.metadata().forEach((key, text) -> {
                if (key.startsWith(NOTE)) {
                    notes.put(key.substring(NOTE.length()), text);
                }
            });
            return notes;
        }
    }

    private static SafetensorsFile open(Path path) {
        SafetensorsFile file = SafetensorsFile.open(path);
        try {
            require(file, "format", FORMAT);
            require(file, "version", VERSION);
            form(file);
            return file;
        } catch (TttException e) {
            file.close();
            throw e;
        }
    }

    private static void restore(SafetensorsFile file, SequenceState state) {
        State.Form form = form(file);
        if (batch(file) != state.batch()) {
            throw TttException.mismatch(file.path() + ", sequences", state.batch(), batch(file));
        }
        Map<String, INDArray> tensors = new LinkedHashMap<>();
        file.tensors().keySet().forEach(name -> tensors.put(name, file.read(name)));
        requireDigest(file, form, "sha256", Digest.of(tensors), "the values as they were written, found damaged ones");
        requireDigest(file, form, "model", Digest.ofModel(state), "a state of this model, found one of another");
        try {
            state.restore(form, tensors);
        } catch (TttException e) {
            throw new TttException(file.path() + ": " + e.getMessage(), e);
        }
    }

    /** Other writers of the cache form need not know how digests are made. */
    private static void requireDigest(SafetensorsFile file, State.Form form, String key, String actual, String words) {
        String stored = file.metadata().get(key);
        if (stored == null && form == State.Form.EXACT) {
            throw TttException.mismatch(file.path() + ", " + key, "a SHA-256", "nothing");
        }
        if (stored != null && !stored.equals(actual)) {
            throw new TttException(
                    file.path() + ": expected " + words + " (" + key + " " + stored + ", not " + actual + ")");
        }
    }

    private static void require(SafetensorsFile file, String key, String expected) {
        String found = file.metadata().get(key);
        if (!expected.equals(found)) {
            throw TttException.mismatch(file.path() + ", " + key, expected, found == null ? "nothing" : found);
        }
    }

    private static State.Form form(SafetensorsFile file) {
        String found = file.metadata().get("form");
        return Arrays.stream(State.Form.values())
                .filter(form -> label(form).equals(found))
                .findFirst()
                .orElseThrow(() -> TttException.mismatch(file.path() + ", form", "exact or cache", found));
    }

    private static String label(State.Form form) {
        return form.name().toLowerCase(Locale.ROOT);
    }

    private static int batch(SafetensorsFile file) {
        TensorInfo position = file.info(POSITION);
        long[] shape = position.shape();
        if (shape.length != 1
                || shape[0] < 1
                || shape[0] > Integer.MAX_VALUE
                || position.dtype().isFloating()) {
            throw TttException.mismatch(file.path() + ", tensor position", "whole numbers [B]", position);
        }
        return (int) shape[0];
    }

    private static String creator() {
        String version = StateFile.class.getPackage().getImplementationVersion();
        return version == null ? "ttt4j" : "ttt4j " + version;
    }
}
