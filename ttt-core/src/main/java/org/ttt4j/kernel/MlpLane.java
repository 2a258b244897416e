package org.ttt4j.kernel;

/** A lane of TTT-MLP: {@code f(x) = gelu(x W1 + b1) W2 + b2}. */
final class MlpLane<M> extends DualLane<M> {

    private final int width;
    private final M slope; // [R, F] gelu' at the keys
    private final M slopeQ; // [R, F] and at the queries
    private final M C; // [R, F] delta2 W2'
    private final M Zq1; // [R, F]
    private final M Xq; // [R, F] gelu(Zq1)
    private M dXq; // [R, F] these three are null until a backward
    private M dC;
    private M dZ1;

    MlpLane(InnerShape shape, Matrices<M> matrices, RowMath<M> math) {
        super(shape, matrices, math);
        width = shape.innerWidth();
        slope = wide();
        slopeQ = wide();
        C = wide();
        Zq1 = wide();
        Xq = wide();
    }

    @Override
    void keys(Segment s) {
        first.keys(s);
        math.gelu(first.Z, second.X, s.stored(), slope, s.rows(), width);
        second.keys(s);
        head.innerGradient(s, second.Z, first.X, second.E);
        second.reverse(head.delta, C, s.rows());
        math.multiply(first.E, s.stored(), C, 0, slope, 0, s.rows(), width);
        math.scale(first.E, s.stored(), head.ell, 0, first.E, s.stored(), s.rows(), width);
    }

    @Override
    void queries(Segment s) {
        first.queries(s, head.XQ, head.minusA, Zq1);
        math.gelu(Zq1, Xq, 0, slopeQ, s.rows(), width);
        second.queries(s, Xq, head.minusA, head.Zq);
    }

    @Override
    void prepareBackward() {
        dXq = wide();
        dC = wide();
        dZ1 = wide();
    }

    @Override
    void queriesBackward(Segment s) {
        matrices.zero(dXq, s.rows(), width);
        secondGradient.queries(s, Xq, headGradient.R, head.minusA, dXq, headGradient.da);
        math.multiply(dXq, 0, dXq, 0, slopeQ, 0, s.rows(), width);
        firstGradient.queries(s, head.XQ, dXq, head.minusA, headGradient.dXQ, headGradient.da);
    }

    @Override
    void keysBackward(Segment s) {
        int r = s.rows();
        headGradient.rate(s, secondGradient.dE);
        innerErrorBackward(s);
        secondGradient.reverse(s, dC, head.delta, headGradient.h);
        headGradient.innerGradient(s, second.Z, firstGradient.dX);
        secondGradient.keys(s, headGradient.dZ);
        math.addProduct(dZ1, 0, secondGradient.dX, s.stored(), slope, 0, r, width);
        firstGradient.keys(s, dZ1);
    }

    /** Through {@code E1 = ell C gelu'(Z1)}. */
    private void innerErrorBackward(Segment s) {
        int r = s.rows();
        M dE1 = firstGradient.dE;
        math.multiply(dC, 0, dE1, s.stored(), slope, 0, r, width);
        headGradient.addRate(s, dC, C, width);
        math.scale(dC, 0, head.ell, 0, dC, 0, r, width);
        math.curvature(first.Z, dZ1, r, width);
        math.multiply(dZ1, 0, dZ1, 0, C, 0, r, width);
        math.multiply(dZ1, 0, dZ1, 0, dE1, s.stored(), r, width);
        math.scale(dZ1, 0, head.ell, 0, dZ1, 0, r, width);
    }

    private M wide() {
        return matrices.matrix(shape.rowLimit(), width);
    }
}
