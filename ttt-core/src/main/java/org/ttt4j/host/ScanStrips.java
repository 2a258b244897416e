package org.ttt4j.host;

import static org.ttt4j.rows.ScanTile.WIDTH;

import org.ttt4j.ops.Chunk;
import org.ttt4j.ops.SelectiveScan;
import org.ttt4j.rows.ScanRows;

/**
 * One selective scan's inputs and weights, and what is done with a strip of them. The channels that a last strip has too many
 * are zeros everywhere, and so give nothing.
 *
 * @param rate {@code A log2(e)}, [strips, S, WIDTH]
 * @param skip D, [strips, WIDTH]
 */
record ScanStrips(
        SelectiveScan scan,
        ScanRows rows,
        float[] rate,
        float[] skip,
        HostArray x,
        HostArray delta,
        HostArray b,
        HostArray c,
        Chunk chunk) {

    /** Entries of a state. */
    int strip() {
        return scan.stateSize() * WIDTH;
    }

    private int width(int strip) {
        return Math.min(WIDTH, scan.channels() - strip * WIDTH);
    }

    /** Tokens from t on through a strip's state, and their outputs. */
    void forth(int sequence, int strip, int t, int tokens, float[] state, int stateAt, ScanScratch s, HostArray y) {
        int at = x.row(sequence, t) + strip * WIDTH;
        int width = width(strip);
        if (width == WIDTH) {
            forth(
                    x.data(),
                    delta.data(),
                    at,
                    x.width(),
                    b.row(sequence, t),
                    strip,
                    tokens,
                    state,
                    stateAt,
                    s,
                    y.data());
        } else {
            float[] xs = s.read(ScanScratch.X, x, at, tokens, width);
            float[] deltas = s.read(ScanScratch.DELTA, delta, at, tokens, width);
            float[] ys = s.panel(ScanScratch.Y);
            forth(xs, deltas, 0, WIDTH, b.row(sequence, t), strip, tokens, state, stateAt, s, ys);
            s.write(ScanScratch.Y, y, at, tokens, width);
        }
    }

    private void forth(
            float[] xs,
            float[] deltas,
            int at,
            int stride,
            int bAt,
            int strip,
            int tokens,
            float[] state,
            int stateAt,
            ScanScratch s,
            float[] ys) {
        rows.steps(deltas, xs, at, stride, s.tile, tokens);
        rows.decays(rate, strip * strip(), s.tile, tokens);
        rows.pass(b.data(), c.data(), bAt, state, stateAt, s.tile, tokens);
        rows.leave(xs, at, stride, skip, strip * WIDTH, s.tile, ys, tokens);
    }

    /**
     * What the way back gives.
     *
     * @param dRate the gradient at A, of every sequence as rate
     * @param dState the gradient at the state, likewise
     * @param dSkip of every sequence as skip
     */
    record Back(HostArray dx, HostArray dDelta, float[] dState, float[] dRate, float[] dSkip) {}

    /**
     * Tokens from t on back.
     *
     * @param start the state before them
     * @param to dState holds the gradient at the state after them, and afterwards before them; dRate and dSkip are added
     *     to, the others written
     */
    void back(
            int sequence,
            int strip,
            int t,
            int tokens,
            HostArray dy,
            float[] start,
            int startAt,
            Back to,
            ScanScratch s) {
        int at = x.row(sequence, t) + strip * WIDTH;
        int width = width(strip);
        boolean whole = width == WIDTH;
        float[] xs = whole ? x.data() : s.read(ScanScratch.X, x, at, tokens, width);
        float[] deltas = whole ? delta.data() : s.read(ScanScratch.DELTA, delta, at, tokens, width);
        float[] dys = whole ? dy.data() : s.read(ScanScratch.Y, dy, at, tokens, width);
        float[] dxs = whole ? to.dx.data() : s.panel(ScanScratch.DX);
        float[] dDeltas = whole ? to.dDelta.data() : s.panel(ScanScratch.D_DELTA);
        int first = whole ? at : 0;
        int stride = whole ? x.width() : WIDTH;
        int bcAt = b.row(sequence, t);
        int rateAt = strip * strip();
        int lanesAt = sequence * rate.length + rateAt;
        rows.steps(deltas, xs, first, stride, s.tile, tokens);
        rows.decays(rate, rateAt, s.tile, tokens);
        rows.remember(b.data(), bcAt, start, startAt, s.tile, tokens);
        rows.back(
                b.data(), c.data(), bcAt, dys, first, stride, rate, rateAt, start, startAt, to.dState, to.dRate,
                lanesAt, s.tile, tokens);
        rows.enterBack(
                deltas,
                xs,
                dys,
                first,
                stride,
                skip,
                strip * WIDTH,
                s.tile,
                dDeltas,
                dxs,
                to.dSkip,
                sequence * skip.length + strip * WIDTH,
                tokens);
        if (!whole) {
            s.write(ScanScratch.DX, to.dx, at, tokens, width);
            s.write(ScanScratch.D_DELTA, to.dDelta, at, tokens, width);
        }
    }
}
