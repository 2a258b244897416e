package org.ttt4j.inner;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A segment of TTT-Linear in dual form (paper, section 2.5). With W1, b1 of the mini-batch's start:
 * <pre>
 * Z = K W1 + b1      δ at Z ({@link InnerError})      E1 = diag(rate) δ
 * Z̄: the layer for Q ({@link DenseSegment})           O = Q + LN(Z̄)
 * </pre>
 */
final class LinearSegment implements Segment {

    private final SegmentInput in;
    private final List<INDArray> W;
    private final InnerError error;
    private final DenseSegment layer;
    private final ResidualOutput output;

    LinearSegment(LaneState state, SegmentInput in) {
        this.in = in;
        W = state.weights();
        error = new InnerError(Matrices.dense(in.XK(), W.get(0), W.get(1)), in);
        INDArray E1 = error.delta().mul(in.rate());
        layer = new DenseSegment(state, 0, in, in.XK(), E1, in.XQ());
        output = new ResidualOutput(layer.output(), in);
    }

    @Override
    public INDArray output() {
        return output.value();
    }

    @Override
    public List<DenseSegment> layers() {
        return List.of(layer);
    }

    @Override
    public SegmentGradients backward(INDArray dOut, Carry carry) {
        DenseSegment.Gradients query = layer.backward(output.backward(dOut), carry);
        INDArray drate = Matrices.rowDot(query.dE(), error.delta());
        InnerError.Gradients inner = error.backward(query.dE().mul(in.rate()));
        INDArray dZ = inner.dZ();
        carry.weight(0).addi(Matrices.tProduct(in.XK(), dZ));
        carry.weight(1).addi(Matrices.sumRows(dZ));
        return new SegmentGradients(
                query.dQ().addi(dOut),
                Matrices.productT(dZ, W.get(0)).addi(query.dX()).addi(inner.dE()),
                inner.dE().neg(),
                drate,
                query.da(),
                output.gammaGradient(dOut).addi(inner.dgamma()),
                Matrices.sumRows(dOut).addi(inner.dbeta()));
    }
}
