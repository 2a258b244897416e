package org.ttt4j.verify;

import java.util.Arrays;
import java.util.List;
import org.ttt4j.safetensors.Conversion;
import org.ttt4j.safetensors.DType;
import org.ttt4j.safetensors.TensorInfo;
import org.ttt4j.safetensors.TensorSource;
import org.ttt4j.tensor.Tensors;

/** Compares two sources of weights bit for bit, the expected values rounded to the precision of the actual ones. */
final class ExactComparison {

    private static final int PIECE = 1 << 16;

    private final TensorSource expected;
    private final TensorSource actual;

    ExactComparison(TensorSource expected, TensorSource actual) {
        this.expected = expected;
        this.actual = actual;
    }

    /**
     * @param failures takes a line for every tensor that differs, or is in one of them only
     * @return how many tensors were compared
     */
    int compare(List<String> failures) {
        int compared = 0;
        for (String name : actual.tensors().keySet()) {
            if (!expected.tensors().containsKey(name)) {
                failures.add(name + ": not a tensor of the model");
            }
        }
        for (TensorInfo info : expected.tensors().values()) {
            TensorInfo other = actual.tensors().get(info.name());
            if (other == null) {
                failures.add(info.name() + ": missing");
                continue;
            }
            compared++;
            String failure = difference(info, other);
            if (failure != null) {
                failures.add(info.name() + ": " + failure);
            }
        }
        return compared;
    }

    private String difference(TensorInfo info, TensorInfo other) {
        if (!Arrays.equals(info.shape(), other.shape()) || !other.dtype().isFloating()) {
            return "expected shape " + Arrays.toString(info.shape()) + ", found " + other;
        }
        if (other.dtype() == DType.F64) {
            double[] x = Tensors.toDoubles(expected.read(info.name()));
            return Arrays.equals(x, Tensors.toDoubles(actual.read(info.name()))) ? null : "other values";
        }
        float[] x = new float[PIECE];
        float[] y = new float[PIECE];
        for (long from = 0; from < info.count(); from += PIECE) {
            int n = (int) Math.min(PIECE, info.count() - from);
            expected.read(info, from, x, 0, n);
            actual.read(other, from, y, 0, n);
            for (int i = 0; i < n; i++) {
                float rounded = Conversion.round(x[i], other.dtype());
                if (Float.floatToRawIntBits(rounded) != Float.floatToRawIntBits(y[i])) {
                    return "expected " + rounded + " at " + (from + i) + ", found " + y[i];
                }
            }
        }
        return null;
    }
}
