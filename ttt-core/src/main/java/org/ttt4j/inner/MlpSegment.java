package org.ttt4j.inner;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A segment of TTT-MLP in dual form. With the weights of the mini-batch's start:
 * <pre>
 * Z1 = K W1 + b1      X2 = gelu(Z1)      Z2 = X2 W2 + b2      δ2 at Z2 ({@link InnerError})
 * C  = δ2 W2ᵀ         δ1 = C∘gelu'(Z1)   E1 = diag(rate) δ1   E2 = diag(rate) δ2
 * Z̄1: the first layer for Q              X̄ = gelu(Z̄1)
 * Z̄2: the second layer for X̄            O = Q + LN(Z̄2)
 * </pre>
 */
final class MlpSegment implements Segment {

    private final SegmentInput in;
    private final List<INDArray> W;
    private final INDArray Z1; // [r, F]
    private final INDArray X2; // [r, F]
    private final InnerError error;
    private final INDArray C; // [r, F]
    private final INDArray slope; // gelu'(Z1) with the authors' rounded constants, [r, F]
    private final DenseSegment first;
    private final DenseSegment second;
    private final ResidualOutput output;

    MlpSegment(LaneState state, SegmentInput in) {
        this.in = in;
        W = state.weights();
        Z1 = Matrices.dense(in.XK(), W.get(0), W.get(1));
        X2 = Gelu.value(Z1);
        error = new InnerError(Matrices.dense(X2, W.get(2), W.get(3)), in);
        INDArray delta2 = error.delta();
        C = Matrices.productT(delta2, W.get(2));
        slope = Gelu.roundedDerivative(Z1);
        INDArray E1 = C.mul(slope).muli(in.rate());
        INDArray E2 = delta2.mul(in.rate());
        first = new DenseSegment(state, 0, in, in.XK(), E1, in.XQ());
        second = new DenseSegment(state, 1, in, X2, E2, Gelu.value(first.output()));
        output = new ResidualOutput(second.output(), in);
    }

    @Override
    public INDArray output() {
        return output.value();
    }

    @Override
    public List<DenseSegment> layers() {
        return List.of(first, second);
    }

    @Override
    public SegmentGradients backward(INDArray dOut, Carry carry) {
        DenseSegment.Gradients query2 = second.backward(output.backward(dOut), carry);
        INDArray R1 = query2.dQ().muli(Gelu.derivative(first.output()));
        DenseSegment.Gradients query1 = first.backward(R1, carry);
        INDArray delta2 = error.delta();
        INDArray drate = Matrices.rowDot(query1.dE(), C.mul(slope)).addi(Matrices.rowDot(query2.dE(), delta2));

        // Back through the inner gradient: δ1 = (δ2 W2ᵀ)∘gelu'(Z1), and δ2 of Z2.
        INDArray dDelta1 = query1.dE().mul(in.rate());
        INDArray dC = dDelta1.mul(slope);
        INDArray dDelta2 = query2.dE().mul(in.rate()).addi(Matrices.product(dC, W.get(2)));
        carry.weight(2).addi(Matrices.tProduct(dC, delta2));
        InnerError.Gradients inner = error.backward(dDelta2);

        // Back through the inner model at the training views; gelu there is differentiated exactly.
        INDArray dZ2 = inner.dZ();
        INDArray dX2 = Matrices.productT(dZ2, W.get(2)).addi(query2.dX());
        INDArray dZ1 = dX2.muli(Gelu.derivative(Z1)).addi(dDelta1.mul(C).muli(Gelu.roundedSecondDerivative(Z1)));
        carry.weight(0).addi(Matrices.tProduct(in.XK(), dZ1));
        carry.weight(1).addi(Matrices.sumRows(dZ1));
        carry.weight(2).addi(Matrices.tProduct(X2, dZ2));
        carry.weight(3).addi(Matrices.sumRows(dZ2));
        return new SegmentGradients(
                query1.dQ().addi(dOut),
                Matrices.productT(dZ1, W.get(0)).addi(query1.dX()).addi(inner.dE()),
                inner.dE().neg(),
                drate,
                query1.da().addi(query2.da()),
                output.gammaGradient(dOut).addi(inner.dgamma()),
                Matrices.sumRows(dOut).addi(inner.dbeta()));
    }
}
