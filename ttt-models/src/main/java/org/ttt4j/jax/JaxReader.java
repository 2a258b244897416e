package org.ttt4j.jax;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.msgpack.value.ValueType;
import org.ttt4j.safetensors.DType;
import org.ttt4j.tensor.TttException;

/**
 * Finds the parameters in a checkpoint of the authors' JAX code: streamed records {@code [path, bytes]}, of parameters alone
 * or of a whole train state, or one nested map. Everything is checked but the values, which are only located.
 */
final class JaxReader {

    private static final int DEEPEST = 16;
    private static final int HIGHEST_RANK = 32;
    /** Bytes of the smallest chunk: its key, heads, a size, a type. */
    private static final int LEAST_CHUNK = 16;

    private static final String CHUNKED = "__msgpack_chunked_array__";
    private static final List<String> PREFIX = List.of("params", "params");

    private final Cursor in;
    private final Map<String, JaxArray> arrays = new LinkedHashMap<>();

    private JaxReader(Cursor in) {
        this.in = in;
    }

    /**
     * The parameters by their paths, components joined by slashes, without the prefix {@code params}.
     *
     * @throws TttException naming the file, the record and what is wrong with it
     */
    static Map<String, JaxArray> read(FileChannel channel, String label) throws IOException {
        JaxReader reader = new JaxReader(new Cursor(channel, label));
        if (reader.in.atEnd()) {
            throw TttException.mismatch(label, "a checkpoint", "an empty file");
        }
        if (reader.in.type("file") == ValueType.MAP) {
            reader.tree(new ArrayList<>());
        } else {
            while (!reader.in.atEnd()) {
                reader.streamed();
            }
        }
        reader.in.leave(0, "file");
        if (reader.arrays.isEmpty()) {
            throw TttException.mismatch(label, "parameters of a model", "none");
        }
        return reader.arrays;
    }

    private void streamed() {
        String record = "record at byte " + in.position();
        requireCount(in.array(record), 2, record);
        int components = in.array(record);
        if (components > DEEPEST) {
            throw in.mismatch(record, "at most " + DEEPEST + " components of a path", components);
        }
        List<String> path = new ArrayList<>();
        for (int i = 0; i < components; i++) {
            path.add(in.name(record));
        }
        String what = "record " + String.join("/", path);
        long before = in.enter(in.bytes(what), what);
        if (isParameter(path)) {
            put(path, array(what));
        } else {
            in.skip();
        }
        in.leave(before, what);
    }

    /** Parameters stand alone, below params/params in a train state; moments of the optimiser end in the same paths. */
    private static boolean isParameter(List<String> path) {
        return path.size() > 1 && List.of("model", "lm_head", "params").contains(path.get(0));
    }

    private void put(List<String> path, JaxArray array) {
        int prefix = 0;
        while (prefix < path.size()
                && prefix < PREFIX.size()
                && path.get(prefix).equals(PREFIX.get(prefix))) {
            prefix++;
        }
        String key = String.join("/", path.subList(prefix, path.size()));
        if (arrays.put(key, array) != null) {
            throw in.mismatch("record " + key, "one of its name", "two");
        }
    }

    /** A nested map: inner maps are components of paths. */
    private void tree(List<String> path) {
        String what = path.isEmpty() ? "file" : String.join("/", path);
        if (path.size() > DEEPEST) {
            throw in.mismatch(what, "at most " + DEEPEST + " components of a path", "more");
        }
        if (in.type(what) != ValueType.MAP || isChunked(what)) {
            put(path, array(what));
            return;
        }
        int n = in.map(what);
        for (int i = 0; i < n; i++) {
            List<String> inner = new ArrayList<>(path);
            inner.add(in.name(what));
            tree(inner);
        }
    }

    private boolean isChunked(String what) {
        long start = in.position();
        boolean chunked = in.map(what) > 0 && in.name(what).equals(CHUNKED);
        in.moveTo(start);
        return chunked;
    }

    /** An array, whole or in chunks. */
    private JaxArray array(String what) {
        return complete(in.type(what) == ValueType.MAP ? chunked(what) : whole(what), what);
    }

    private JaxArray complete(JaxArray array, String what) {
        long bytes;
        try {
            bytes = array.bytes();
        } catch (ArithmeticException e) {
            throw in.mismatch(what, "a size below 2^63 bytes", Arrays.toString(array.shape()));
        }
        long found = array.parts().stream().mapToLong(JaxArray.Part::bytes).sum();
        if (bytes != found) {
            throw in.mismatch(what, bytes + " bytes for " + array.dtype() + Arrays.toString(array.shape()), found);
        }
        return array;
    }

    private JaxArray whole(String what) {
        if (in.type(what) != ValueType.EXTENSION) {
            throw in.mismatch(what, "an array", in.type(what));
        }
        long before = in.enterExtension(what);
        requireCount(in.array(what), 3, what);
        int rank = in.array(what + ", shape");
        if (rank > HIGHEST_RANK) {
            throw in.mismatch(what + ", shape", "at most " + HIGHEST_RANK + " sizes", rank);
        }
        long[] shape = new long[rank];
        for (int i = 0; i < rank; i++) {
            shape[i] = in.size(what + ", shape");
        }
        String word = in.word(what + ", type");
        DType dtype = JaxArray.type(word);
        if (dtype == null) {
            throw in.mismatch(what + ", type", "float32, bfloat16 or another numpy name", word);
        }
        long bytes = in.bytes(what + ", data");
        JaxArray.Part data = new JaxArray.Part(in.position(), bytes);
        long array = in.enter(bytes, what + ", data");
        in.skip();
        in.leave(array, what);
        in.leave(before, what);
        return new JaxArray(dtype, shape, List.of(data));
    }

    private JaxArray chunked(String what) {
        requireCount(in.map(what), 3, what);
        long[] shape = null;
        JaxArray[] chunks = null;
        boolean marked = false;
        for (int i = 0; i < 3; i++) {
            String field = in.name(what);
            if (field.equals(CHUNKED) && !marked) {
                marked = in.flag(what);
            } else if (field.equals("shape") && shape == null) {
                shape = shape(what);
            } else if (field.equals("chunks") && chunks == null) {
                chunks = chunks(what);
            } else {
                throw in.mismatch(what, CHUNKED + ", shape and chunks, each once", field);
            }
        }
        if (!marked || shape == null || chunks == null || chunks.length == 0) {
            throw in.mismatch(what, "a chunked array", "not all of its parts");
        }
        List<JaxArray.Part> parts = new ArrayList<>();
        for (JaxArray chunk : chunks) {
            if (chunk.dtype() != chunks[0].dtype() || chunk.shape().length != 1) {
                throw in.mismatch(what, "flat chunks of one type", chunk.dtype() + Arrays.toString(chunk.shape()));
            }
            parts.addAll(chunk.parts());
        }
        return new JaxArray(chunks[0].dtype(), shape, parts);
    }

    private long[] shape(String what) {
        int rank = in.map(what + ", shape");
        if (rank > HIGHEST_RANK) {
            throw in.mismatch(what + ", shape", "at most " + HIGHEST_RANK + " sizes", rank);
        }
        long[] shape = new long[rank];
        Arrays.fill(shape, -1);
        for (int i = 0; i < rank; i++) {
            int place = place(what + ", shape", rank);
            if (shape[place] >= 0) {
                throw in.mismatch(what + ", shape", "each place once", place);
            }
            shape[place] = in.size(what + ", shape");
        }
        return shape;
    }

    /** Their keys are numbers as text, in the order of texts. */
    private JaxArray[] chunks(String what) {
        int n = in.map(what + ", chunks");
        if (n > (in.end() - in.position()) / LEAST_CHUNK) {
            throw in.mismatch(what + ", chunks", "no more than the bytes that are left can hold", n);
        }
        JaxArray[] chunks = new JaxArray[n];
        for (int i = 0; i < n; i++) {
            int place = place(what + ", chunks", n);
            if (chunks[place] != null) {
                throw in.mismatch(what + ", chunks", "each place once", place);
            }
            chunks[place] = complete(whole(what + ", chunk " + place), what + ", chunk " + place);
        }
        return chunks;
    }

    private int place(String what, int n) {
        String place = in.name(what);
        if (!place.matches("0|[1-9][0-9]{0,8}") || Integer.parseInt(place) >= n) {
            throw in.mismatch(what, "a place from 0 to " + (n - 1), place);
        }
        return Integer.parseInt(place);
    }

    private void requireCount(int found, int expected, String what) {
        if (found != expected) {
            throw in.mismatch(what, expected + " parts", found);
        }
    }
}
