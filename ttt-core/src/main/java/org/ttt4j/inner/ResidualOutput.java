package org.ttt4j.inner;

import org.nd4j.linalg.api.ndarray.INDArray;

/** The output of a segment, O = q + γ∘x̂ + β with x̂ the normalised rows of Z̄. */
final class ResidualOutput {

    private final RowNorm norm;
    private final INDArray gamma;
    private final INDArray value;

    ResidualOutput(INDArray Zbar, SegmentInput in) {
        norm = RowNorm.of(Zbar);
        gamma = in.gamma();
        value = norm.xhat().mul(gamma).addi(in.beta()).addi(in.XQ());
    }

    /** O [r, D]. */
    INDArray value() {
        return value;
    }

    /** The gradient R at Z̄ [r, D]; at q and β it is dOut itself. */
    INDArray backward(INDArray dOut) {
        return norm.jacobian(dOut.mul(gamma));
    }

    /** The gradient at γ [1, D]. */
    INDArray gammaGradient(INDArray dOut) {
        return Matrices.sumRows(dOut.mul(norm.xhat()));
    }
}
