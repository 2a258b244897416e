package org.ttt4j.reference;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.ttt4j.ops.Conv;
import org.ttt4j.ops.State;
import org.ttt4j.tensor.Tensors;

/** The last J inputs of a convolution, [J, C] per sequence, oldest first, zeros before the start. */
final class ConvWindow implements State {

    private static final String EXACT_NAME = "window";

    private final Conv conv;
    private final DataType type;
    private final INDArray[] window;

    ConvWindow(Conv conv, DataType type, int batch) {
        this(conv, type, new INDArray[batch]);
        for (int b = 0; b < batch; b++) {
            reset(b);
        }
    }

    private ConvWindow(Conv conv, DataType type, INDArray[] window) {
        this.conv = conv;
        this.type = type;
        this.window = window;
    }

    /** The J-1 inputs before the sequence's next token, and then the given ones: [J-1+r, C]. */
    INDArray extended(int b, INDArray x) {
        int j = conv.kernel();
        return j == 1 ? x : Nd4j.concat(0, Tensors.rows(window[b], 1, j), x);
    }

    void advance(int b, INDArray x) {
        INDArray all = Nd4j.concat(0, window[b], x);
        window[b] = Tensors.rows(all, all.size(0) - conv.kernel(), all.size(0)).dup('c');
    }

    @Override
    public State copy() {
        return new ConvWindow(
                conv, type, Arrays.stream(window).map(INDArray::dup).toArray(INDArray[]::new));
    }

    @Override
    public State select(int... sequences) {
        return new ConvWindow(
                conv,
                type,
                Arrays.stream(sequences).mapToObj(b -> window[b].dup()).toArray(INDArray[]::new));
    }

    @Override
    public void reset(int b) {
        window[b] = Nd4j.zeros(type, conv.kernel(), conv.channels());
    }

    @Override
    public long bytes() {
        return (long) window.length * conv.kernel() * conv.channels() * type.width();
    }

    @Override
    public Map<String, INDArray> save(Form form) {
        INDArray all = Nd4j.create(type, window.length, conv.channels(), conv.kernel());
        for (int b = 0; b < window.length; b++) {
            Tensors.at(all, b).assign(window[b].transpose());
        }
        Map<String, INDArray> tensors = new LinkedHashMap<>();
        names(form).forEach(name -> tensors.put(name, all));
        return tensors;
    }

    @Override
    public void restore(Form form, Map<String, INDArray> tensors) {
        String name = names(form).get(0);
        INDArray all = Tensors.requireShape(
                conv.key() + "." + name, tensors.get(name), window.length, conv.channels(), conv.kernel());
        for (int b = 0; b < window.length; b++) {
            window[b] = Tensors.at(all, b).transpose().castTo(type).dup('c');
        }
    }

    private List<String> names(Form form) {
        return form == Form.EXACT ? List.of(EXACT_NAME) : conv.cacheNames();
    }
}
