package org.ttt4j.rows;

import static org.ttt4j.rows.Lanes.LENGTH;

/** {@link UpdateRows}: sums by the Vector API; of the plain loop of AdamW C2 makes the same vector code. */
final class VectorUpdateRows implements UpdateRows {

    /** Entries that are summed in float32 before their sum joins the double: few terms for a lane. */
    private static final int PIECE = 128 * LENGTH;

    private final UpdateRows plain = new PlainUpdateRows();

    @Override
    public void adamW(float[] w, float[] g, float[] m, float[] v, AdamW step, int from, int to) {
        plain.adamW(w, g, m, v, step, from, to);
    }

    @Override
    public double squaredNorm(float[] x, int from, int to) {
        double sum = 0;
        for (int at = from; at < to; at += PIECE) {
            sum += VectorSums.squares(x, at, Math.min(PIECE, to - at), 0);
        }
        return sum;
    }
}
