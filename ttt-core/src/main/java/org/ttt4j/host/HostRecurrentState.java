package org.ttt4j.host;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.ttt4j.ops.State;
import org.ttt4j.tensor.Tensors;

/** Numbers of every sequence that are 0 at its start, in the order in which the kernels want them. */
final class HostRecurrentState implements State {

    /**
     * A tensor of the saved state.
     *
     * @param place where the entry of a row-major index stands among a sequence's numbers
     * @param shape of one sequence
     */
    record Part(String name, IntUnaryOperator place, int... shape) {}

    private final String key;
    private final List<Part> parts;
    private final int size; // numbers of a sequence
    private final float[] values;

    HostRecurrentState(String key, int size, int batch, Part... parts) {
        this(key, List.of(parts), size, new float[Math.multiplyExact(batch, size)]);
    }

    private HostRecurrentState(String key, List<Part> parts, int size, float[] values) {
        this.key = key;
        this.parts = parts;
        this.size = size;
        this.values = values;
    }

    float[] values() {
        return values;
    }

    /** Where a sequence's numbers begin. */
    int at(int sequence) {
        return sequence * size;
    }

    private int batch() {
        return values.length / size;
    }

    @Override
    public State copy() {
        return new HostRecurrentState(key, parts, size, values.clone());
    }

    @Override
    public State select(int... sequences) {
        float[] selected = new float[sequences.length * size];
        for (int i = 0; i < sequences.length; i++) {
            System.arraycopy(values, at(sequences[i]), selected, i * size, size);
        }
        return new HostRecurrentState(key, parts, size, selected);
    }

    @Override
    public void reset(int sequence) {
        Arrays.fill(values, at(sequence), at(sequence + 1), 0);
    }

    /** What the numbers take, without what the kernels leave between them. */
    @Override
    public long bytes() {
        return (long) Float.BYTES
                * batch()
                * parts.stream().mapToInt(part -> HostArray.count(part.shape)).sum();
    }

    @Override
    public Map<String, INDArray> save(Form form) {
        Map<String, INDArray> tensors = new LinkedHashMap<>();
        for (Part part : parts) {
            int n = HostArray.count(part.shape);
            float[] saved = new float[batch() * n];
            for (int i = 0; i < saved.length; i++) {
                saved[i] = values[at(i / n) + part.place.applyAsInt(i % n)];
            }
            tensors.put(part.name, Tensors.of(saved, shape(part)));
        }
        return tensors;
    }

    @Override
    public void restore(Form form, Map<String, INDArray> tensors) {
        for (Part part : parts) {
            Tensors.requireShape(key + "." + part.name, tensors.get(part.name), shape(part));
        }
        for (Part part : parts) {
            float[] saved = Tensors.toFloats(tensors.get(part.name));
            int n = HostArray.count(part.shape);
            for (int i = 0; i < saved.length; i++) {
                values[at(i / n) + part.place.applyAsInt(i % n)] = saved[i];
            }
        }
    }

    private long[] shape(Part part) {
        long[] shape = new long[part.shape.length + 1];
        shape[0] = batch();
        for (int i = 0; i < part.shape.length; i++) {
            shape[i + 1] = part.shape[i];
        }
        return shape;
    }
}
