package org.ttt4j.host;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.ttt4j.ops.Conv;
import org.ttt4j.ops.State;
import org.ttt4j.tensor.Tensors;

/** The last J inputs of a convolution, oldest first, zeros before the sequence's start. */
final class HostConvWindow implements State {

    private static final String EXACT_NAME = "window";

    private final Conv conv;
    private final int kernel;
    private final int channels;
    private final float[] inputs; // [B, J, C]

    HostConvWindow(Conv conv, int batch) {
        this(conv, new float[batch * conv.kernel() * conv.channels()]);
    }

    private HostConvWindow(Conv conv, float[] inputs) {
        this.conv = conv;
        this.kernel = conv.kernel();
        this.channels = conv.channels();
        this.inputs = inputs;
    }

    int batch() {
        return inputs.length / (kernel * channels);
    }

    /** [B, J, C]. */
    float[] inputs() {
        return inputs;
    }

    /** The offset in {@link #inputs()} of the input {@code age} tokens before the next one; age 1 to J. */
    int row(int sequence, int age) {
        return ((sequence + 1) * kernel - age) * channels;
    }

    /** Takes in the sequence's next tokens: rows of x from an offset on. */
    void advance(int sequence, float[] x, int at, int tokens) {
        int kept = Math.max(0, kernel - tokens);
        int taken = kernel - kept;
        System.arraycopy(inputs, row(sequence, kept), inputs, row(sequence, kernel), kept * channels);
        System.arraycopy(x, at + (tokens - taken) * channels, inputs, row(sequence, taken), taken * channels);
    }

    @Override
    public State copy() {
        return new HostConvWindow(conv, inputs.clone());
    }

    @Override
    public State select(int... sequences) {
        int n = kernel * channels;
        float[] selected = new float[sequences.length * n];
        for (int i = 0; i < sequences.length; i++) {
            System.arraycopy(inputs, sequences[i] * n, selected, i * n, n);
        }
        return new HostConvWindow(conv, selected);
    }

    @Override
    public void reset(int sequence) {
        Arrays.fill(inputs, row(sequence, kernel), row(sequence, 0), 0);
    }

    @Override
    public long bytes() {
        return (long) Float.BYTES * inputs.length;
    }

    /** [B, C, J] under every name of the form. */
    @Override
    public Map<String, INDArray> save(Form form) {
        INDArray saved = Tensors.of(turned(inputs, kernel, channels), batch(), channels, kernel);
        Map<String, INDArray> tensors = new LinkedHashMap<>();
        names(form).forEach(name -> tensors.put(name, saved));
        return tensors;
    }

    @Override
    public void restore(Form form, Map<String, INDArray> tensors) {
        String name = names(form).get(0);
        INDArray x = Tensors.requireShape(conv.key() + "." + name, tensors.get(name), batch(), channels, kernel);
        float[] values = turned(Tensors.toFloats(x), channels, kernel);
        System.arraycopy(values, 0, inputs, 0, inputs.length);
    }

    private List<String> names(Form form) {
        return form == Form.EXACT ? List.of(EXACT_NAME) : conv.cacheNames();
    }

    /** Each sequence's matrix [rows, columns] transposed. */
    private static float[] turned(float[] x, int rows, int columns) {
        float[] y = new float[x.length];
        int n = rows * columns;
        for (int i = 0; i < x.length; i++) {
            int inside = i % n;
            y[i - inside + inside % columns * rows + inside / columns] = x[i];
        }
        return y;
    }
}
