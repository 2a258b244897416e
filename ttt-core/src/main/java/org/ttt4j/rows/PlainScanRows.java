package org.ttt4j.rows;

import static org.ttt4j.rows.ScanTile.WIDTH;

import java.util.Arrays;

/** {@link ScanRows} in plain Java. */
final class PlainScanRows implements ScanRows {

    private static final float LN2 = 0.6931472f;

    @Override
    public void steps(float[] delta, float[] x, int at, int stride, ScanTile tile, int tokens) {
        for (int t = 0; t < tokens; t++) {
            for (int j = 0; j < WIDTH; j++) {
                double d = delta[at + t * stride + j];
                float step = (float) (Math.max(d, 0) + Math.log1p(Math.exp(-Math.abs(d))));
                tile.step[t * WIDTH + j] = step;
                tile.entering[t * WIDTH + j] = step * x[at + t * stride + j];
            }
        }
    }

    @Override
    public void decays(float[] rates, int ratesAt, ScanTile tile, int tokens) {
        int n = tokens * WIDTH;
        float[] x = new float[n];
        Exponential exponential = new Exponential(n);
        for (int s = 0; s < tile.states; s++) {
            for (int i = 0; i < n; i++) {
                x[i] = tile.step[i] * (rates[ratesAt + s * WIDTH + i % WIDTH] * LN2);
            }
            exponential.apply(x, n);
            System.arraycopy(x, 0, tile.decay, tile.panel(s), n);
        }
    }

    @Override
    public void pass(float[] b, float[] c, int at, float[] state, int stateAt, ScanTile tile, int tokens) {
        Arrays.fill(tile.out, 0, tokens * WIDTH, 0);
        for (int s = 0; s < tile.states; s++) {
            float[] h = Arrays.copyOfRange(state, stateAt + s * WIDTH, stateAt + (s + 1) * WIDTH);
            for (int t = 0; t < tokens; t++) {
                float bt = b[at + t * tile.states + s];
                float ct = c[at + t * tile.states + s];
                int a = tile.row(s, t);
                for (int j = 0; j < WIDTH; j++) {
                    h[j] = tile.decay[a + j] * h[j] + tile.entering[t * WIDTH + j] * bt;
                    tile.out[t * WIDTH + j] += h[j] * ct;
                }
            }
            System.arraycopy(h, 0, state, stateAt + s * WIDTH, WIDTH);
        }
    }

    @Override
    public void leave(float[] x, int at, int stride, float[] skip, int skipAt, ScanTile tile, float[] y, int tokens) {
        for (int t = 0; t < tokens; t++) {
            for (int j = 0; j < WIDTH; j++) {
                int i = at + t * stride + j;
                y[i] = tile.out[t * WIDTH + j] + skip[skipAt + j] * x[i];
            }
        }
    }

    @Override
    public void remember(float[] b, int at, float[] start, int startAt, ScanTile tile, int tokens) {
        for (int s = 0; s < tile.states; s++) {
            float[] h = Arrays.copyOfRange(start, startAt + s * WIDTH, startAt + (s + 1) * WIDTH);
            for (int t = 0; t < tokens; t++) {
                float bt = b[at + t * tile.states + s];
                int a = tile.row(s, t);
                for (int j = 0; j < WIDTH; j++) {
                    h[j] = tile.decay[a + j] * h[j] + tile.entering[t * WIDTH + j] * bt;
                    tile.passed[a + j] = h[j];
                }
            }
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
            for (int t = tokens - 1; t >= 0; t--) {
                float bt = b[bcAt + t * tile.states + s];
                float ct = c[bcAt + t * tile.states + s];
                float[] before = t == 0 ? start : tile.passed;
                int beforeAt = t == 0 ? startAt + s * WIDTH : tile.row(s, t - 1);
                int here = tile.row(s, t);
                for (int j = 0; j < WIDTH; j++) {
                    int i = t * WIDTH + j;
                    int lane = lanesAt + s * WIDTH + j;
                    float d = dy[at + t * stride + j];
                    float g = d * ct + dState[lane];
                    tile.cProducts[here + j] += d * tile.passed[here + j];
                    tile.bProducts[here + j] += g * tile.entering[i];
                    tile.dEntering[i] += g * bt;
                    dState[lane] = g * tile.decay[here + j];
                    float exponent = dState[lane] * before[beforeAt + j];
                    tile.dStep[i] += exponent * (rates[ratesAt + s * WIDTH + j] * LN2);
                    dRates[lane] += exponent * tile.step[i];
                }
            }
        }
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
        for (int t = 0; t < tokens; t++) {
            for (int j = 0; j < WIDTH; j++) {
                int i = at + t * stride + j;
                float dEntering = tile.dEntering[t * WIDTH + j];
                float dStep = tile.dStep[t * WIDTH + j] + dEntering * x[i];
                dDelta[i] = dStep * (float) (1 / (1 + Math.exp(-delta[i])));
                dx[i] = dEntering * tile.step[t * WIDTH + j] + skip[skipAt + j] * dy[i];
                dSkip[dSkipAt + j] += dy[i] * x[i];
            }
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
        float sum = 0;
        for (int j = 0; j < WIDTH; j++) {
            sum += x[at + j];
        }
        return sum;
    }
}
