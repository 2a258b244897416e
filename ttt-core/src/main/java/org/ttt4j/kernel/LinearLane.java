package org.ttt4j.kernel;

/** A lane of TTT-Linear. */
final class LinearLane<M> extends DualLane<M> {

    LinearLane(InnerShape shape, Matrices<M> matrices, RowMath<M> math) {
        super(shape, matrices, math);
    }

    @Override
    void keys(Segment s, Purpose purpose) {
        if (purpose == Purpose.STATE) {
            first.outputs(s);
        } else {
            first.outputsWithQueries(s);
        }
        if (purpose == Purpose.BACKWARD) {
            head.innerGradient(s, first.Z, first.X, first.E);
        } else {
            head.innerErrors(s, first.Z, first.X, first.E);
        }
    }

    @Override
    void queries(Segment s, Purpose purpose) {
        first.outputsOfQueriesApart(s);
        first.lookBack(s, head.minusA);
    }

    @Override
    void prepareBackward() {}

    @Override
    void queriesBackward(Segment s) {
        firstGradient.lookBack(s, head.minusA, headGradient.da);
    }

    @Override
    void keysBackward(Segment s) {
        headGradient.innerGradient(s, first.Z, first.X, firstGradient.dE, firstGradient.dX, firstGradient.dZ);
        firstGradient.inputs(s);
        firstGradient.weights(s);
    }
}
