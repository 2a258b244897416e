package org.ttt4j.kernel;

/** A lane of TTT-MLP: {@code f(x) = gelu(x W1 + b1) W2 + b2}. */
final class MlpLane extends ScalarLane {

    private final int width;
    private final Gelu gelu;
    private final float[][] slope; // [R, F] gelu' at the keys
    private final float[][] slopeQ; // [R, F] and at the queries
    private final float[][] C; // [R, F] delta2 W2'
    private final float[][] Zq1; // [R, F]
    private final float[][] Xq; // [R, F + 1] gelu(Zq1)
    private float[][] dXq; // [R, F] these three are null until a backward
    private float[][] dC;
    private float[][] dZ1;

    MlpLane(InnerShape shape) {
        super(shape);
        width = shape.innerWidth();
        int rows = shape.rowLimit();
        gelu = new Gelu(width);
        slope = Rows.of(rows, width);
        slopeQ = Rows.of(rows, width);
        C = Rows.of(rows, width);
        Zq1 = Rows.of(rows, width);
        Xq = Rows.withOne(rows, width);
    }

    @Override
    void keys(Segment s) {
        first.keys(s);
        for (int t = 0; t < s.rows(); t++) {
            gelu.valueAndSlope(first.Z[t], second.X[s.stored() + t], slope[t], width);
        }
        second.keys(s);
        head.innerGradient(s, second.Z, first.X, second.E);
        second.reverse(head.delta, C, s.rows());
        for (int t = 0; t < s.rows(); t++) {
            float[] E1 = first.E[s.stored() + t];
            Rows.multiply(E1, C[t], slope[t], width);
            Rows.scale(E1, head.ell[t], E1, width);
        }
    }

    @Override
    void queries(Segment s) {
        first.queries(s, head.XQ, head.a, Zq1);
        for (int t = 0; t < s.rows(); t++) {
            gelu.valueAndSlope(Zq1[t], Xq[t], slopeQ[t], width);
        }
        second.queries(s, Xq, head.a, head.Zq);
    }

    @Override
    void prepareBackward() {
        int rows = shape.rowLimit();
        dXq = Rows.of(rows, width);
        dC = Rows.of(rows, width);
        dZ1 = Rows.of(rows, width);
    }

    @Override
    void queriesBackward(Segment s) {
        Rows.zero(dXq, s.rows());
        secondGradient.queries(s, Xq, headGradient.R, head.a, dXq, headGradient.da);
        for (int t = 0; t < s.rows(); t++) {
            Rows.multiply(dXq[t], dXq[t], slopeQ[t], width);
        }
        firstGradient.queries(s, head.XQ, dXq, head.a, headGradient.dXQ, headGradient.da);
    }

    @Override
    void keysBackward(Segment s) {
        headGradient.rate(s, secondGradient.dE);
        for (int t = 0; t < s.rows(); t++) {
            innerErrorBackward(t, firstGradient.dE[s.stored() + t]);
        }
        secondGradient.reverse(s, dC, head.delta, headGradient.h);
        headGradient.innerGradient(s, second.Z, firstGradient.dX);
        secondGradient.keys(s, headGradient.dZ);
        for (int t = 0; t < s.rows(); t++) {
            Rows.addProduct(dZ1[t], secondGradient.dX[s.stored() + t], slope[t], width);
        }
        firstGradient.keys(s, dZ1);
    }

    /** Through {@code E1 = ell C gelu'(Z1)} of one token. */
    private void innerErrorBackward(int t, float[] dE1) {
        float[] d = dC[t];
        Rows.multiply(d, dE1, slope[t], width);
        headGradient.addRate(t, Dots.dot(d, C[t], width));
        Rows.scale(d, head.ell[t], d, width);
        float[] z = dZ1[t];
        gelu.curvature(first.Z[t], z, width);
        Rows.multiply(z, z, C[t], width);
        Rows.multiply(z, z, dE1, width);
        Rows.scale(z, head.ell[t], z, width);
    }
}
