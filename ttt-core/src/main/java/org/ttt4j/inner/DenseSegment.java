package org.ttt4j.inner;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.ttt4j.tensor.Tensors;

/**
 * One dense layer x W + b of the inner model inside a segment, in dual form. Row t of the queries meets the weights that
 * the tokens up to t have taught, without forming them. With X_a, E_a the stored rows followed by the new ones:
 * <pre>
 * P = tril(Q X_aᵀ + 1)             the bias is one more input, constantly 1
 * Y = P E_a (+ Q G + g)            G, g: running sums of folded tokens, normally absent
 * Z̄ = Q W + b - diag(a) Y
 * </pre>
 */
final class DenseSegment {

    private final int index; // of W among the model's weights; b follows it
    private final LaneState state; // before the segment
    private final int stored;
    private final Cut.End end;
    private final INDArray Q; // [r, in]
    private final INDArray a; // [r, 1]
    private final INDArray Xa; // [m + r, in]
    private final INDArray Ea; // [m + r, out]
    private final INDArray mask; // [r, m + r]
    private final INDArray P; // [r, m + r]
    private final INDArray Y; // [r, out]
    private final INDArray output; // [r, out]

    /**
     * @param before the state before the segment
     * @param layer the layer's number in the model
     * @param X the layer's input for the training views [r, in]
     * @param E the gradient at its output times the token's rate [r, out]
     * @param Q the layer's input for the test views [r, in]
     */
    DenseSegment(LaneState before, int layer, SegmentInput in, INDArray X, INDArray E, INDArray Q) {
        this.index = 2 * layer;
        this.state = before;
        this.stored = before.rowCount();
        this.end = in.end();
        this.Q = Q;
        this.a = in.a();
        this.Xa = stored == 0 ? X.dup('c') : Nd4j.concat(0, before.rows().get(index), X);
        this.Ea = stored == 0 ? E : Nd4j.concat(0, before.rows().get(index + 1), E);
        this.mask = Matrices.causalMask(Q.dataType(), (int) Q.size(0), stored);
        this.P = Matrices.productT(Q, Xa).addi(1).muli(mask);
        INDArray sum = Matrices.product(P, Ea);
        this.Y = hasSums() ? sum.addi(Matrices.dense(Q, G(), g())) : sum;
        this.output = Matrices.dense(Q, W(), b()).subi(Y.mul(a));
    }

    /** Z̄ [r, out]. */
    INDArray output() {
        return output;
    }

    /** X_a and E_a. */
    List<INDArray> rows() {
        return List.of(Xa, Ea);
    }

    /**
     * The gradients of the layer at its inputs in the segment.
     *
     * @param dQ [r, in]
     * @param dX [r, in]
     * @param dE [r, out]
     * @param da [r, 1]
     */
    record Gradients(INDArray dQ, INDArray dX, INDArray dE, INDArray da) {}

    /**
     * Walks back from the gradient R at Z̄ and from the state after the segment. The stored rows belong to an earlier
     * chunk; their gradient is dropped.
     */
    Gradients backward(INDArray R, Carry carry) {
        INDArray S = R.mul(a);
        INDArray dP = Matrices.productT(S, Ea).muli(mask).negi();
        INDArray dQ = Matrices.productT(R, W()).addi(Matrices.product(dP, Xa));
        INDArray dXa = Matrices.tProduct(dP, Q);
        INDArray dEa = Matrices.tProduct(P, S).negi();
        INDArray da = Matrices.rowDot(R, Y).negi();
        backwardEnd(carry, dXa, dEa, da);
        carry.weight(index).addi(Matrices.tProduct(Q, R));
        carry.weight(index + 1).addi(Matrices.sumRows(R));
        if (hasSums()) {
            dQ.subi(Matrices.productT(S, G()));
            carry.sum(index).subi(Matrices.tProduct(Q, S));
            carry.sum(index + 1).subi(Matrices.sumRows(S));
        }
        return new Gradients(dQ, newRows(dXa), newRows(dEa), da);
    }

    /**
     * Folding is G⁺ = G + X_aᵀ E_a, g⁺ = g + 1ᵀ E_a. Closing folds and then moves the weights, W⁺ = W - α G⁺ with the last
     * token's factor α; so the gradient at G⁺ is -α times the one at W⁺.
     */
    private void backwardEnd(Carry carry, INDArray dXa, INDArray dEa, INDArray da) {
        if (end == Cut.End.OPEN) {
            return;
        }
        boolean closing = end == Cut.End.CLOSE;
        INDArray U = closing ? carry.weight(index) : carry.sum(index);
        INDArray u = closing ? carry.weight(index + 1) : carry.sum(index + 1);
        double scale = closing ? -a.getDouble(a.length() - 1) : 1;
        INDArray A = Matrices.dense(Xa, U, u);
        dEa.addi(Matrices.scaled(A, scale));
        dXa.addi(Matrices.scaled(Matrices.productT(Ea, U), scale));
        if (closing) {
            double dAlpha = -Matrices.inner(A, Ea);
            if (hasSums()) {
                dAlpha -= Matrices.inner(U, G()) + Matrices.inner(u, g());
            }
            long last = a.length() - 1;
            da.putScalar(last, da.getDouble(last) + dAlpha);
            carry.sum(index).assign(Matrices.scaled(U, scale));
            carry.sum(index + 1).assign(Matrices.scaled(u, scale));
        }
    }

    private INDArray newRows(INDArray x) {
        return Tensors.rows(x, stored, (int) x.size(0));
    }

    private boolean hasSums() {
        return !state.folded().isEmpty();
    }

    private INDArray W() {
        return state.weights().get(index);
    }

    private INDArray b() {
        return state.weights().get(index + 1);
    }

    private INDArray G() {
        return state.folded().get(index);
    }

    private INDArray g() {
        return state.folded().get(index + 1);
    }
}
