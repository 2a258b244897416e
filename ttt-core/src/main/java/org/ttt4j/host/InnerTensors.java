package org.ttt4j.host;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.ttt4j.inner.InnerWeight;
import org.ttt4j.kernel.FastWeights;
import org.ttt4j.kernel.InnerBuffers;
import org.ttt4j.kernel.InnerShape;
import org.ttt4j.kernel.StoredRows;
import org.ttt4j.ops.InnerSpec;
import org.ttt4j.ops.State.Form;
import org.ttt4j.tensor.Tensors;
import org.ttt4j.tensor.TttException;

/** An inner state as named tensors, under the names that every executor uses. */
final class InnerTensors {

    private static final List<String> ROW_NAMES = List.of("rows.K", "rows.E1", "rows.X2", "rows.E2");

    private final InnerSpec spec;
    private final InnerShape shape;
    private final int batch;
    private final List<InnerWeight> weights;

    InnerTensors(InnerSpec spec, InnerShape shape, int batch) {
        this.spec = spec;
        this.shape = shape;
        this.batch = batch;
        this.weights = spec.model().weights(spec.headSize());
    }

    Map<String, INDArray> save(Form form, InnerBuffers state) {
        Map<String, INDArray> tensors = new LinkedHashMap<>();
        if (form == Form.CACHE) {
            saveWeights(tensors, "", "_states", state::weights);
            saveWeights(tensors, "", "_grad", state::sums);
            return tensors;
        }
        saveWeights(tensors, "", "", state::weights);
        tensors.put("rows.count", perSequence(state::rowCount));
        for (int i = 0; i < rowWidths().length; i++) {
            int part = i;
            tensors.put(ROW_NAMES.get(i), stack(b -> parts(state.rows(b)).get(part), shape.rowLimit(), rowWidths()[i]));
        }
        tensors.put("sums.present", perSequence(b -> state.summed(b) ? 1 : 0));
        saveWeights(tensors, "sums.", "", state::folded);
        return tensors;
    }

    private void saveWeights(
            Map<String, INDArray> tensors, String prefix, String suffix, IntFunction<FastWeights> values) {
        for (int i = 0; i < weights.size(); i++) {
            int part = i;
            tensors.put(
                    prefix + weights.get(i).name() + suffix,
                    stack(b -> values.apply(b).parts().get(part), weights.get(i).shape()));
        }
    }

    private INDArray perSequence(IntUnaryOperator value) {
        return Nd4j.createFromArray(IntStream.range(0, batch).map(value).toArray());
    }

    /** [B, H, one] from an array [H, one] per sequence. */
    private INDArray stack(IntFunction<float[]> part, long... one) {
        int n = Math.toIntExact(spec.heads() * Tensors.count(one));
        float[] all = new float[batch * n];
        for (int b = 0; b < batch; b++) {
            System.arraycopy(part.apply(b), 0, all, b * n, n);
        }
        return Tensors.of(all, batched(one));
    }

    private long[] batched(long... one) {
        return LongStream.concat(LongStream.of(batch, spec.heads()), Arrays.stream(one))
                .toArray();
    }

    /**
     * A fresh state from what {@link #save} gave.
     *
     * @throws TttException naming a missing or mis-shaped tensor
     */
    InnerBuffers restore(Form form, Map<String, INDArray> tensors) {
        InnerBuffers state = new InnerBuffers(shape, batch);
        if (form == Form.CACHE) {
            restoreCache(tensors, state);
        } else {
            restoreExact(tensors, state);
        }
        return state;
    }

    private void restoreCache(Map<String, INDArray> tensors, InnerBuffers state) {
        List<FastWeights> start = readWeights(tensors, "", "_states");
        List<FastWeights> sums = readWeights(tensors, "", "_grad");
        for (int b = 0; b < batch; b++) {
            if (isZero(sums.get(b))) {
                state.reset(b, start.get(b));
            } else {
                state.set(b, start.get(b), sums.get(b));
            }
        }
    }

    private void restoreExact(Map<String, INDArray> tensors, InnerBuffers state) {
        List<FastWeights> start = readWeights(tensors, "", "");
        List<FastWeights> sums = readWeights(tensors, "sums.", "");
        INDArray present = require(tensors, "sums.present", batch);
        INDArray count = require(tensors, "rows.count", batch);
        List<float[][]> rows = new ArrayList<>();
        for (int i = 0; i < rowWidths().length; i++) {
            rows.add(read(tensors, ROW_NAMES.get(i), shape.rowLimit(), rowWidths()[i]));
        }
        for (int b = 0; b < batch; b++) {
            int sequence = b;
            StoredRows kept = rowsOf(
                    count.getInt(b), rows.stream().map(part -> part[sequence]).toList());
            state.set(b, start.get(b), kept, present.getInt(b) == 0 ? null : sums.get(b));
        }
    }

    /** Widths of the rows that a state keeps of a token. */
    private int[] rowWidths() {
        int D = shape.headSize();
        int F = shape.innerWidth();
        return weights.size() == 2 ? new int[] {D, F} : new int[] {D, F, F, D};
    }

    private static List<float[]> parts(StoredRows kept) {
        return List.of(kept.K(), kept.E1(), kept.X2(), kept.E2());
    }

    private static StoredRows rowsOf(int count, List<float[]> parts) {
        float[] none = {};
        return new StoredRows(
                count,
                parts.get(0),
                parts.get(1),
                parts.size() == 2 ? none : parts.get(2),
                parts.size() == 2 ? none : parts.get(3));
    }

    private static boolean isZero(FastWeights sums) {
        for (float[] part : sums.parts()) {
            for (float x : part) {
                if (x != 0) {
                    return false;
                }
            }
        }
        return true;
    }

    private List<FastWeights> readWeights(Map<String, INDArray> tensors, String prefix, String suffix) {
        List<float[][]> parts = new ArrayList<>();
        for (InnerWeight w : weights) {
            parts.add(read(tensors, prefix + w.name() + suffix, w.shape()));
        }
        return IntStream.range(0, batch)
                .mapToObj(
                        b -> FastWeights.of(parts.stream().map(part -> part[b]).toList()))
                .toList();
    }

    /** An array [H, one] per sequence from a tensor [B, H, one]. */
    private float[][] read(Map<String, INDArray> tensors, String name, long... one) {
        float[] all = Tensors.toFloats(require(tensors, name, batched(one)));
        int n = all.length / batch;
        float[][] split = new float[batch][];
        Arrays.setAll(split, b -> Arrays.copyOfRange(all, b * n, (b + 1) * n));
        return split;
    }

    private INDArray require(Map<String, INDArray> tensors, String name, long... expected) {
        return Tensors.requireShape(spec.key() + "." + name, tensors.get(name), expected);
    }
}
