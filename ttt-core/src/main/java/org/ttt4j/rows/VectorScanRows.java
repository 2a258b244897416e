package org.ttt4j.rows;

import static org.ttt4j.rows.Lanes.LENGTH;
import static org.ttt4j.rows.Lanes.all;
import static org.ttt4j.rows.Lanes.load;
import static org.ttt4j.rows.ScanTile.WIDTH;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** {@link ScanRows} by the Vector API; loops over the tokens are innermost, so that a state's lanes stay in a register. */
final class VectorScanRows implements ScanRows {

    private static final float LN2 = 0.6931472f;

    /** Exponents of two below it are clamped to it; what is left then is nothing. */
    private static final float LOWEST = -125;

    /** Of {@code log(1 + z) = 2w (1 + w²/3 + w⁴/5 + ..)}, {@code w = z / (2 + z)}, which is at most 1/3. */
    private static final float C3 = 2 / 3f;

    private static final float C5 = 2 / 5f;
    private static final float C7 = 2 / 7f;
    private static final float C9 = 2 / 9f;
    private static final float C11 = 2 / 11f;
    private static final float C13 = 2 / 13f;
    private static final float C15 = 2 / 15f;

    @Override
    public void steps(float[] delta, float[] x, int at, int stride, ScanTile tile, int tokens) {
        for (int j = 0; j < WIDTH; j += LENGTH) {
            exponentials(delta, at + j, stride, tile.step, j, tokens);
            softplus(delta, at + j, stride, tile.step, j, tokens);
            multiply(x, at + j, stride, tile.step, tile.entering, j, tokens);
        }
    }

    /** {@code exp(-|delta|)}. */
    private static void exponentials(float[] delta, int at, int stride, float[] z, int j, int tokens) {
        IntVector lowest = VectorExponential.bits(-Exponential.LIMIT);
        for (int t = 0; t < tokens; t++) {
            FloatVector d = load(delta, at + t * stride).abs().neg();
            VectorExponential.of(floor(d, lowest)).intoArray(z, j + t * WIDTH);
        }
    }

    /**
     * x, or a lowest value where that is greater, by their bits, which among negative numbers and -0 rise as the numbers fall.
     *
     * @param x negative or -0
     */
    private static FloatVector floor(FloatVector x, IntVector lowest) {
        return x.reinterpretAsInts().min(lowest).reinterpretAsFloats();
    }

    /** {@code max(delta, 0) + log(1 + z)}, in place of z. */
    private static void softplus(float[] delta, int at, int stride, float[] z, int j, int tokens) {
        FloatVector two = all(2);
        for (int t = 0; t < tokens; t++) {
            FloatVector e = load(z, j + t * WIDTH);
            FloatVector w = e.div(e.add(two));
            FloatVector square = w.mul(w);
            FloatVector p = square.fma(all(C15), all(C13))
                    .fma(square, all(C11))
                    .fma(square, all(C9))
                    .fma(square, all(C7))
                    .fma(square, all(C5))
                    .fma(square, all(C3))
                    .fma(square, two);
            FloatVector d = load(delta, at + t * stride);
            FloatVector positive = d.blend(0, d.compare(VectorOperators.LT, 0));
            p.fma(w, positive).intoArray(z, j + t * WIDTH);
        }
    }

    private static void multiply(float[] x, int at, int stride, float[] y, float[] z, int j, int tokens) {
        for (int t = 0; t < tokens; t++) {
            load(x, at + t * stride).mul(load(y, j + t * WIDTH)).intoArray(z, j + t * WIDTH);
        }
    }

    @Override
    public void decays(float[] rates, int ratesAt, ScanTile tile, int tokens) {
        for (int s = 0; s < tile.states; s++) {
            for (int j = 0; j < WIDTH; j += LENGTH) {
                decays(rates, ratesAt + s * WIDTH + j, tile.step, j, tile.decay, tile.row(s, 0) + j, tokens);
            }
        }
    }

    private static void decays(float[] rates, int lane, float[] step, int j, float[] decay, int at, int tokens) {
        FloatVector rate = load(rates, lane);
        IntVector lowest = VectorExponential.bits(LOWEST);
        for (int t = 0; t < tokens; t++) {
            FloatVector exponent = load(step, j + t * WIDTH).mul(rate);
            VectorExponential.power(floor(exponent, lowest)).intoArray(decay, at + t * WIDTH);
        }
    }

    @Override
    public void pass(float[] b, float[] c, int at, float[] state, int stateAt, ScanTile tile, int tokens) {
        Arrays.fill(tile.out, 0, tokens * WIDTH, 0);
        for (int j = 0; j < WIDTH; j += LENGTH) {
            int s = 0;
            for (; s + 4 <= tile.states; s += 4) {
                fourStates(b, c, at + s, state, stateAt + s * WIDTH + j, tile, s, j, tokens);
            }
            for (; s < tile.states; s++) {
                oneState(b, c, at + s, state, stateAt + s * WIDTH + j, tile, s, j, tokens);
            }
        }
    }

    private static void fourStates(
            float[] b, float[] c, int at, float[] state, int h, ScanTile tile, int s, int j, int tokens) {
        float[] decay = tile.decay;
        int a0 = tile.row(s, 0) + j;
        int apart = tile.panel(1);
        FloatVector h0 = load(state, h);
        FloatVector h1 = load(state, h + WIDTH);
        FloatVector h2 = load(state, h + 2 * WIDTH);
        FloatVector h3 = load(state, h + 3 * WIDTH);
        for (int t = 0; t < tokens; t++) {
            int i = at + t * tile.states;
            int a = a0 + t * WIDTH;
            FloatVector u = load(tile.entering, j + t * WIDTH);
            h0 = load(decay, a).fma(h0, u.mul(b[i]));
            h1 = load(decay, a + apart).fma(h1, u.mul(b[i + 1]));
            h2 = load(decay, a + 2 * apart).fma(h2, u.mul(b[i + 2]));
            h3 = load(decay, a + 3 * apart).fma(h3, u.mul(b[i + 3]));
            FloatVector y = h0.fma(all(c[i]), load(tile.out, j + t * WIDTH));
            h3.fma(all(c[i + 3]), h2.fma(all(c[i + 2]), h1.fma(all(c[i + 1]), y)))
                    .intoArray(tile.out, j + t * WIDTH);
        }
        h0.intoArray(state, h);
        h1.intoArray(state, h + WIDTH);
        h2.intoArray(state, h + 2 * WIDTH);
        h3.intoArray(state, h + 3 * WIDTH);
    }

    private static void oneState(
            float[] b, float[] c, int at, float[] state, int h, ScanTile tile, int s, int j, int tokens) {
        int a = tile.row(s, 0) + j;
        FloatVector h0 = load(state, h);
        for (int t = 0; t < tokens; t++) {
            int i = at + t * tile.states;
            FloatVector u = load(tile.entering, j + t * WIDTH);
            h0 = load(tile.decay, a + t * WIDTH).fma(h0, u.mul(b[i]));
            h0.fma(all(c[i]), load(tile.out, j + t * WIDTH)).intoArray(tile.out, j + t * WIDTH);
        }
        h0.intoArray(state, h);
    }

    @Override
    public void leave(float[] x, int at, int stride, float[] skip, int skipAt, ScanTile tile, float[] y, int tokens) {
        for (int j = 0; j < WIDTH; j += LENGTH) {
            leave(x, at + j, stride, skip, skipAt + j, tile.out, j, y, tokens);
        }
    }

    private static void leave(
            float[] x, int at, int stride, float[] skip, int skipAt, float[] out, int j, float[] y, int tokens) {
        FloatVector d = load(skip, skipAt);
        for (int t = 0; t < tokens; t++) {
            load(x, at + t * stride).fma(d, load(out, j + t * WIDTH)).intoArray(y, at + t * stride);
        }
    }

    @Override
    public void remember(float[] b, int at, float[] start, int startAt, ScanTile tile, int tokens) {
        for (int s = 0; s < tile.states; s++) {
            for (int j = 0; j < WIDTH; j += LENGTH) {
                remember(b, at + s, start, startAt + s * WIDTH + j, tile, tile.row(s, 0) + j, j, tokens);
            }
        }
    }

    private static void remember(float[] b, int at, float[] start, int lane, ScanTile tile, int a, int j, int tokens) {
        FloatVector h = load(start, lane);
        for (int t = 0; t < tokens; t++) {
            FloatVector u = load(tile.entering, j + t * WIDTH).mul(b[at + t * tile.states]);
            h = load(tile.decay, a + t * WIDTH).fma(h, u);
            h.intoArray(tile.passed, a + t * WIDTH);
        }
    }

    @Override
    public void back(
            float[] b,
            float[] c,
            int bcAt,
            float[] dy,
            int at,
            int stride,
            float[] rates,
            int ratesAt,
            float[] start,
            int startAt,
            float[] dState,
            float[] dRates,
            int lanesAt,
            ScanTile tile,
            int tokens) {
        Arrays.fill(tile.dStep, 0, tokens * WIDTH, 0);
        Arrays.fill(tile.dEntering, 0, tokens * WIDTH, 0);
        for (int s = 0; s < tile.states; s++) {
            for (int j = 0; j < WIDTH; j += LENGTH) {
                int lane = s * WIDTH + j;
                atState(
                        b,
                        c,
                        bcAt + s,
                        dy,
                        at + j,
                        stride,
                        dState,
                        lanesAt + lane,
                        tile,
                        tile.row(s, 0) + j,
                        j,
                        tokens);
                // what stands in the decays now is the gradient at the state before each token
                atExponent(
                        rates,
                        ratesAt + lane,
                        start,
                        startAt + lane,
                        dRates,
                        lanesAt + lane,
                        tile,
                        tile.row(s, 0) + j,
                        j,
                        tokens);
            }
        }
    }

    /** The gradient at the states, which decays are replaced by, and from there at b, c and what enters. */
    private static void atState(
            float[] b,
            float[] c,
            int bcAt,
            float[] dy,
            int at,
            int stride,
            float[] dState,
            int lane,
            ScanTile tile,
            int first,
            int j,
            int tokens) {
        FloatVector carried = load(dState, lane);
        for (int t = tokens - 1; t >= 0; t--) {
            int i = j + t * WIDTH;
            int a = first + t * WIDTH;
            FloatVector d = load(dy, at + t * stride);
            FloatVector g = d.fma(all(c[bcAt + t * tile.states]), carried);
            d.fma(load(tile.passed, a), load(tile.cProducts, a)).intoArray(tile.cProducts, a);
            g.fma(load(tile.entering, i), load(tile.bProducts, a)).intoArray(tile.bProducts, a);
            g.fma(all(b[bcAt + t * tile.states]), load(tile.dEntering, i)).intoArray(tile.dEntering, i);
            carried = g.mul(load(tile.decay, a));
            carried.intoArray(tile.decay, a);
        }
        carried.intoArray(dState, lane);
    }

    private static void atExponent(
            float[] rates,
            int ratesAt,
            float[] start,
            int startAt,
            float[] dRates,
            int lane,
            ScanTile tile,
            int first,
            int j,
            int tokens) {
        FloatVector rate = load(rates, ratesAt).mul(LN2);
        FloatVector sum = load(dRates, lane);
        FloatVector before = load(start, startAt);
        for (int t = 0; t < tokens; t++) {
            int i = j + t * WIDTH;
            int a = first + t * WIDTH;
            FloatVector exponent = load(tile.decay, a).mul(before);
            exponent.fma(rate, load(tile.dStep, i)).intoArray(tile.dStep, i);
            sum = exponent.fma(load(tile.step, i), sum);
            before = load(tile.passed, a);
        }
        sum.intoArray(dRates, lane);
    }

    @Override
    public void enterBack(
            float[] delta,
            float[] x,
            float[] dy,
            int at,
            int stride,
            float[] skip,
            int skipAt,
            ScanTile tile,
            float[] dDelta,
            float[] dx,
            float[] dSkip,
            int dSkipAt,
            int tokens) {
        for (int j = 0; j < WIDTH; j += LENGTH) {
            slopes(delta, at + j, stride, tile.entering, j, tokens);
            inputs(x, dy, at + j, stride, skip, skipAt + j, tile, j, dDelta, dx, dSkip, dSkipAt + j, tokens);
        }
    }

    private static void inputs(
            float[] x,
            float[] dy,
            int at,
            int stride,
            float[] skip,
            int skipAt,
            ScanTile tile,
            int j,
            float[] dDelta,
            float[] dx,
            float[] dSkip,
            int dSkipAt,
            int tokens) {
        FloatVector d = load(skip, skipAt);
        FloatVector sum = load(dSkip, dSkipAt);
        for (int t = 0; t < tokens; t++) {
            int i = at + t * stride;
            int p = j + t * WIDTH;
            FloatVector dEntering = load(tile.dEntering, p);
            FloatVector xt = load(x, i);
            FloatVector dyt = load(dy, i);
            dEntering.fma(xt, load(tile.dStep, p)).mul(load(tile.entering, p)).intoArray(dDelta, i);
            dEntering.mul(load(tile.step, p)).add(dyt.mul(d)).intoArray(dx, i);
            sum = dyt.fma(xt, sum);
        }
        sum.intoArray(dSkip, dSkipAt);
    }

    /** σ(delta), the slope of softplus, in place of what enters. */
    private static void slopes(float[] delta, int at, int stride, float[] slope, int j, int tokens) {
        IntVector sign = VectorExponential.signBit();
        IntVector limit = VectorExponential.bits(Exponential.LIMIT);
        FloatVector one = all(1);
        for (int t = 0; t < tokens; t++) {
            FloatVector d = VectorExponential.clamp(load(delta, at + t * stride), sign, limit);
            FloatVector e = VectorExponential.power(d.mul(all(-Exponential.LOG2E)));
            one.div(e.add(one)).intoArray(slope, j + t * WIDTH);
        }
    }

    @Override
    public void sums(ScanTile tile, float[] db, float[] dc, int at, int tokens) {
        for (int t = 0; t < tokens; t++) {
            for (int s = 0; s < tile.states; s++) {
                db[at + t * tile.states + s] = sum(tile.bProducts, tile.row(s, t));
                dc[at + t * tile.states + s] = sum(tile.cProducts, tile.row(s, t));
            }
        }
    }

    private static float sum(float[] x, int at) {
        FloatVector sum = load(x, at);
        for (int j = LENGTH; j < WIDTH; j += LENGTH) {
            sum = sum.add(load(x, at + j));
        }
        return Lanes.sum(sum);
    }
}
