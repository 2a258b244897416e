package org.ttt4j.kernel;

/** A lane of TTT-Linear. */
final class LinearLane extends ScalarLane {

    LinearLane(InnerShape shape) {
        super(shape);
    }

    @Override
    void keys(Segment s) {
        first.keys(s);
        head.innerGradient(s, first.Z, first.X, first.E);
    }

    @Override
    void queries(Segment s) {
        first.queries(s, head.XQ, head.a, head.Zq);
    }

    @Override
    void prepareBackward() {}

    @Override
    void queriesBackward(Segment s) {
        firstGradient.queries(s, head.XQ, headGradient.R, head.a, headGradient.dXQ, headGradient.da);
    }

    @Override
    void keysBackward(Segment s) {
        headGradient.rate(s, firstGradient.dE);
        headGradient.innerGradient(s, first.Z, firstGradient.dX);
        firstGradient.keys(s, headGradient.dZ);
    }
}
