package org.ttt4j.kernel;

/** A lane of TTT-MLP: {@code f(x) = gelu(x W1 + b1) W2 + b2}. */
final class MlpLane<M> extends DualLane<M> {

    private final int width;
    private final M slope; // [R, F] gelu' at the keys
    private final M C; // [R, F] E2 W2'
    private M slopeQ; // [R, F] gelu' at the queries; these three are null until a backward
    private M curvature; // [R, F] gelu'' at the keys
    private M dZ; // [R, F] part of the gradient at the first layer's outputs for the keys

    MlpLane(InnerShape shape, Matrices<M> matrices, RowMath<M> math) {
        super(shape, matrices, math);
        width = shape.innerWidth();
        slope = wide();
        C = wide();
    }

    @Override
    void keys(Segment s, Purpose purpose) {
        if (purpose == Purpose.STATE) {
            first.outputs(s);
        } else {
            first.outputsWithQueries(s);
        }
        if (purpose == Purpose.BACKWARD) {
            math.gelu(first.Z, 0, second.X, s.stored(), slope, curvature, s.rows(), width);
        } else {
            math.gelu(first.Z, 0, second.X, s.stored(), slope, s.rows(), width);
        }
        second.outputs(s);
        if (purpose == Purpose.BACKWARD) {
            head.innerGradient(s, second.Z, first.X, second.E);
        } else {
            head.innerErrors(s, second.Z, first.X, second.E);
        }
        second.reverse(s, C);
        math.multiply(first.E, s.stored(), C, 0, slope, 0, s.rows(), width);
    }

    @Override
    void queries(Segment s, Purpose purpose) {
        first.outputsOfQueriesApart(s);
        first.lookBack(s, head.minusA);
        if (purpose == Purpose.BACKWARD) {
            math.gelu(first.Z, first.firstOutput(), second.X, s.all(), slopeQ, s.rows(), width);
        } else {
            math.gelu(first.Z, first.firstOutput(), second.X, s.all(), s.rows(), width);
        }
        second.outputsOfQueries(s);
        second.lookBack(s, head.minusA);
    }

    @Override
    void prepareBackward() {
        slopeQ = wide();
        curvature = wide();
        dZ = wide();
    }

    @Override
    void queriesBackward(Segment s) {
        secondGradient.inputsAtQueries(s);
        secondGradient.lookBack(s, head.minusA, headGradient.da);
        math.multiply(firstGradient.dZ, s.rows(), secondGradient.dX, s.all(), slopeQ, 0, s.rows(), width);
        firstGradient.lookBack(s, head.minusA, headGradient.da);
    }

    @Override
    void keysBackward(Segment s) {
        innerErrorBackward(s);
        headGradient.innerGradient(s, second.Z, first.X, secondGradient.dE, firstGradient.dX, secondGradient.dZ);
        secondGradient.inputsAtKeys(s);
        secondGradient.weightsWithReverse(s);
        math.multiply(firstGradient.dZ, 0, secondGradient.dX, s.stored(), slope, 0, s.rows(), width);
        math.addProduct(firstGradient.dZ, 0, dZ, 0, curvature, 0, s.rows(), width);
        firstGradient.inputs(s);
        firstGradient.weights(s);
    }

    /** Through {@code E1 = (E2 W2') gelu'(Z1)}. */
    private void innerErrorBackward(Segment s) {
        int r = s.rows();
        math.multiply(second.X, s.all() + r, firstGradient.dE, s.stored(), slope, 0, r, width);
        math.multiply(dZ, 0, firstGradient.dE, s.stored(), C, 0, r, width);
        secondGradient.reverse(s);
    }

    private M wide() {
        return matrices.matrix(shape.rowLimit(), width);
    }
}
