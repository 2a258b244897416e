package org.ttt4j.host;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.ttt4j.attention.KeyValueBlocks;
import org.ttt4j.ops.Attention;
import org.ttt4j.ops.State;
import org.ttt4j.reference.KeyValues;
import org.ttt4j.tensor.Tensors;

/** The keys and values that a batch of sequences has read, for the fused executor. */
final class HostKeyValues implements State {

    private final Attention spec;
    private KeyValueBlocks blocks;

    HostKeyValues(Attention spec, int batch) {
        this(spec, new KeyValueBlocks(HostAttention.shape(spec), batch));
    }

    private HostKeyValues(Attention spec, KeyValueBlocks blocks) {
        this.spec = spec;
        this.blocks = blocks;
    }

    KeyValueBlocks blocks() {
        return blocks;
    }

    @Override
    public State copy() {
        return select(IntStream.range(0, blocks.batch()).toArray());
    }

    @Override
    public State select(int... sequences) {
        return new HostKeyValues(spec, blocks.select(sequences));
    }

    @Override
    public void reset(int sequence) {
        blocks.reset(sequence);
    }

    @Override
    public long bytes() {
        return blocks.bytes();
    }

    @Override
    public Map<String, INDArray> save(Form form) {
        int columns = Math.max(1, Arrays.stream(blocks.lengths()).max().orElse(0));
        int lane = columns * spec.headSize();
        float[] k = new float[Math.multiplyExact(blocks.batch() * spec.keyValueHeads(), lane)];
        float[] v = new float[k.length];
        for (int b = 0; b < blocks.batch(); b++) {
            for (int head = 0; head < spec.keyValueHeads(); head++) {
                blocks.read(b, head, k, v, (b * spec.keyValueHeads() + head) * lane);
            }
        }
        long[] shape = {blocks.batch(), spec.keyValueHeads(), columns, spec.headSize()};
        Map<String, INDArray> tensors = new LinkedHashMap<>();
        tensors.put(KeyValues.KEYS, Tensors.of(k, shape));
        tensors.put(KeyValues.VALUES, Tensors.of(v, shape));
        tensors.put(KeyValues.LENGTHS, Nd4j.createFromArray(blocks.lengths()));
        return tensors;
    }

    @Override
    public void restore(Form form, Map<String, INDArray> tensors) {
        int[] lengths = KeyValues.check(spec, tensors, blocks.batch());
        INDArray keys = tensors.get(KeyValues.KEYS);
        float[] k = Tensors.toFloats(keys);
        float[] v = Tensors.toFloats(tensors.get(KeyValues.VALUES));
        int columns = (int) keys.size(2);
        KeyValueBlocks restored = new KeyValueBlocks(HostAttention.shape(spec), lengths.length);
        for (int b = 0; b < lengths.length; b++) {
            int at = b * spec.keyValueHeads() * columns * spec.headSize();
            restored.restore(b, k, v, at, columns, lengths[b]);
        }
        blocks = restored;
    }
}
