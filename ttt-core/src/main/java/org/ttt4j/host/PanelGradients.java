package org.ttt4j.host;

import java.util.List;
import org.ttt4j.kernel.Workers;
import org.ttt4j.matrix.Matrix;
import org.ttt4j.ops.Gradients;
import org.ttt4j.ops.Projection;

/** The gradients of linear maps by the Vector API: {@code dx = Σ dy W}, {@code dW += dyᵀ x}, and the sums of dy for a bias. */
final class PanelGradients {

    private final PanelInputGradients inputs;
    private final PanelWeightGradients matrices;
    private final ColumnSums columnSums;

    PanelGradients(Workers workers, Arena arena, HostWeights weights, ColumnSums columnSums) {
        inputs = new PanelInputGradients(workers, arena, weights);
        matrices = new PanelWeightGradients(workers, arena);
        this.columnSums = columnSums;
    }

    HostArray backward(Projection p, HostArray x, List<HostArray> dys, Gradients<HostArray> gradients) {
        List<Used> used = Used.of(p, dys);
        HostArray dx = inputs.gradient(used, x);
        matrices.add(used, x, gradients);
        columnSums.addBiases(used, gradients);
        return dx;
    }

    /** How many panels n columns take. */
    static int panels(int n) {
        return (n + Matrix.PANEL - 1) / Matrix.PANEL;
    }

    /** Columns in whole pairs of the longest vectors. */
    static int padded(int columns) {
        return (columns + 31) / 32 * 32;
    }

    static void copy(float[] from, int at, int stride, float[] to, int first, int toStride, int rows, int columns) {
        for (int t = 0; t < rows; t++) {
            System.arraycopy(from, at + t * stride, to, first + t * toStride, columns);
        }
    }
}
