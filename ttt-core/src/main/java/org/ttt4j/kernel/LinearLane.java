package org.ttt4j.kernel;

/** A lane of TTT-Linear. */
final class LinearLane<M> extends DualLane<M> {

    LinearLane(InnerShape shape, Matrices<M> matrices, RowMath<M> math) {
        super(shape, matrices, math);
    }

    @Override
    void keys(Segment s) {
        first.keys(s);
        head.innerGradient(s, first.Z, first.X, first.E);
    }

    @Override
    void queries(Segment s) {
        first.queries(s, head.XQ, head.minusA, head.Zq);
    }

    @Override
    void prepareBackward() {}

    @Override
    void queriesBackward(Segment s) {
        firstGradient.queries(s, head.XQ, headGradient.R, head.minusA, headGradient.dXQ, headGradient.da);
    }

    @Override
    void keysBackward(Segment s) {
        headGradient.rate(s, firstGradient.dE);
        headGradient.innerGradient(s, first.Z, firstGradient.dX);
        firstGradient.keys(s, headGradient.dZ);
    }
}
