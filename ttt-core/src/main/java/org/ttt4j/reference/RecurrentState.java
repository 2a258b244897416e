package org.ttt4j.reference;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.ttt4j.ops.LinearAttention;
import org.ttt4j.ops.SelectiveScan;
import org.ttt4j.ops.State;
import org.ttt4j.tensor.Tensors;

/** Tensors of every sequence that are 0 at its start. Both forms of a saved state are the same. */
final class RecurrentState implements State {

    private final String key;
    private final Map<String, INDArray> tensors; // [B, ...] each

    private RecurrentState(String key, Map<String, INDArray> tensors) {
        this.key = key;
        this.tensors = tensors;
    }

    /** s [B, E, S]. */
    static RecurrentState of(SelectiveScan scan, DataType type, int batch) {
        return new RecurrentState(
                scan.key(), Map.of(SelectiveScan.STATE, Nd4j.zeros(type, batch, scan.channels(), scan.stateSize())));
    }

    /** S [B, H, D, D], and z [B, H, D] where there is a normaliser. */
    static RecurrentState of(LinearAttention attention, DataType type, int batch) {
        int H = attention.heads();
        int D = attention.headSize();
        Map<String, INDArray> tensors = new LinkedHashMap<>();
        tensors.put(LinearAttention.STATE, Nd4j.zeros(type, batch, H, D, D));
        if (attention.form() == LinearAttention.Form.NORMALISED) {
            tensors.put(LinearAttention.NORMALISER, Nd4j.zeros(type, batch, H, D));
        }
        return new RecurrentState(attention.key(), tensors);
    }

    /** [B, ...], to be changed in place. */
    INDArray tensor(String name) {
        return tensors.get(name);
    }

    private int batch() {
        return (int) tensors.values().iterator().next().size(0);
    }

    @Override
    public State copy() {
        return select(IntStream.range(0, batch()).toArray());
    }

    @Override
    public State select(int... sequences) {
        Map<String, INDArray> chosen = new LinkedHashMap<>();
        tensors.forEach((name, x) -> {
            long[] shape = x.shape().clone();
            shape[0] = sequences.length;
            INDArray y = Nd4j.create(x.dataType(), shape);
            for (int i = 0; i < sequences.length; i++) {
                Tensors.at(y, i).assign(Tensors.at(x, sequences[i]));
            }
            chosen.put(name, y);
        });
        return new RecurrentState(key, chosen);
    }

    @Override
    public void reset(int sequence) {
        tensors.values().forEach(x -> Tensors.at(x, sequence).assign(0));
    }

    @Override
    public long bytes() {
        return tensors.values().stream()
                .mapToLong(x -> x.length() * x.dataType().width())
                .sum();
    }

    @Override
    public Map<String, INDArray> save(Form form) {
        Map<String, INDArray> saved = new LinkedHashMap<>();
        tensors.forEach((name, x) -> saved.put(name, x.dup('c')));
        return saved;
    }

    @Override
    public void restore(Form form, Map<String, INDArray> from) {
        tensors.forEach((name, x) -> Tensors.requireShape(key + "." + name, from.get(name), x.shape()));
        tensors.forEach((name, x) -> x.assign(from.get(name).castTo(x.dataType())));
    }
}
