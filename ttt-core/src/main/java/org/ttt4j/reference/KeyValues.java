package org.ttt4j.reference;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.ttt4j.ops.Attention;
import org.ttt4j.ops.State;
import org.ttt4j.tensor.Tensors;
import org.ttt4j.tensor.TttException;

/**
 * The keys and values that a batch of sequences has read. It is saved in both forms as in Hugging Face's cache,
 * [B, heads of keys and values, tokens, D], zeros beyond a shorter sequence's end (a batch at its start has one such token),
 * with the lengths [B].
 */
public final class KeyValues implements State {

    public static final String KEYS = "key_cache";
    public static final String VALUES = "value_cache";
    public static final String LENGTHS = "lengths";

    private final Attention spec;
    private final DataType type;
    private final INDArray[] keys; // of every sequence [tokens, heads · D]; null for no tokens
    private final INDArray[] values;

    KeyValues(Attention spec, DataType type, int batch) {
        this(spec, type, new INDArray[batch], new INDArray[batch]);
    }

    private KeyValues(Attention spec, DataType type, INDArray[] keys, INDArray[] values) {
        this.spec = spec;
        this.type = type;
        this.keys = keys;
        this.values = values;
    }

    /** Tokens of a sequence. */
    int length(int sequence) {
        return keys[sequence] == null ? 0 : (int) keys[sequence].size(0);
    }

    /** Takes in a sequence's next tokens, [tokens, heads · D] each. */
    void append(int sequence, INDArray k, INDArray v) {
        keys[sequence] = keys[sequence] == null ? k.dup('c') : Nd4j.concat(0, keys[sequence], k);
        values[sequence] = values[sequence] == null ? v.dup('c') : Nd4j.concat(0, values[sequence], v);
    }

    /** The keys of a head, [tokens, D]. */
    INDArray keys(int sequence, int head) {
        return head(keys[sequence], head);
    }

    INDArray values(int sequence, int head) {
        return head(values[sequence], head);
    }

    private INDArray head(INDArray all, int head) {
        return ReferenceAttention.head(all, head, spec.headSize());
    }

    @Override
    public KeyValues copy() {
        return select(IntStream.range(0, keys.length).toArray());
    }

    @Override
    public KeyValues select(int... sequences) {
        return new KeyValues(spec, type, chosen(keys, sequences), chosen(values, sequences));
    }

    /** They are never changed in place, so that copies may share them. */
    private static INDArray[] chosen(INDArray[] all, int... sequences) {
        return Arrays.stream(sequences).mapToObj(b -> all[b]).toArray(INDArray[]::new);
    }

    @Override
    public void reset(int sequence) {
        keys[sequence] = null;
        values[sequence] = null;
    }

    @Override
    public long bytes() {
        long tokens = IntStream.range(0, keys.length).mapToLong(this::length).sum();
        return 2 * tokens * spec.keyValueHeads() * spec.headSize() * type.width();
    }

    @Override
    public Map<String, INDArray> save(Form form) {
        Map<String, INDArray> tensors = new LinkedHashMap<>();
        tensors.put(KEYS, stack(keys));
        tensors.put(VALUES, stack(values));
        tensors.put(
                LENGTHS,
                Nd4j.createFromArray(
                        IntStream.range(0, keys.length).map(this::length).toArray()));
        return tensors;
    }

    private INDArray stack(INDArray[] all) {
        int columns = IntStream.range(0, keys.length).map(this::length).max().orElse(0);
        INDArray stacked = Nd4j.zeros(type, all.length, spec.keyValueHeads(), Math.max(1, columns), spec.headSize());
        for (int b = 0; b < all.length; b++) {
            for (int head = 0; head < spec.keyValueHeads() && all[b] != null; head++) {
                Tensors.rows(Tensors.at(stacked, b, head), 0, length(b)).assign(head(all[b], head));
            }
        }
        return stacked;
    }

    @Override
    public void restore(Form form, Map<String, INDArray> tensors) {
        int[] lengths = check(spec, tensors, keys.length);
        for (int b = 0; b < lengths.length; b++) {
            keys[b] = restored(tensors.get(KEYS), b, lengths[b]);
            values[b] = restored(tensors.get(VALUES), b, lengths[b]);
        }
    }

    private INDArray restored(INDArray all, int sequence, int length) {
        if (length == 0) {
            return null;
        }
        INDArray[] heads = new INDArray[spec.keyValueHeads()];
        for (int head = 0; head < heads.length; head++) {
            heads[head] = Tensors.rows(Tensors.at(all, sequence, head), 0, length)
                    .castTo(type)
                    .dup('c');
        }
        return Nd4j.concat(1, heads);
    }

    /**
     * The lengths of saved sequences.
     *
     * @throws TttException naming what is missing, mis-shaped or out of range
     */
    public static int[] check(Attention spec, Map<String, INDArray> tensors, int batch) {
        String prefix = spec.key() + ".";
        INDArray k = Tensors.requireShape(
                prefix + KEYS, tensors.get(KEYS), batch, spec.keyValueHeads(), -1, spec.headSize());
        Tensors.requireShape(prefix + VALUES, tensors.get(VALUES), k.shape());
        INDArray lengths = Tensors.requireShape(prefix + LENGTHS, tensors.get(LENGTHS), batch);
        int[] checked = new int[batch];
        for (int b = 0; b < batch; b++) {
            long length = lengths.getLong(b);
            if (length < 0 || length > k.size(2)) {
                throw TttException.mismatch(prefix + LENGTHS + " of sequence " + b, "0 to " + k.size(2), length);
            }
            checked[b] = (int) length;
        }
        return checked;
    }
}
