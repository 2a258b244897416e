package org.ttt4j.rows;

import java.util.Arrays;

/**
 * Mamba's recurrence (Gu and Dao 2023, algorithm 2) along the tokens of one strip of channels, in steps that a {@link ScanTile}
 * carries from one to the next; its gradient likewise. Channels are the lanes, so a token's result has the same bits however a
 * text is cut.
 *
 * <p>x, delta, y and their gradients have a row for every token, {@code stride} apart, of which the strip's WIDTH entries from
 * {@code at} on are meant. b and c have rows of S. Rates are {@code A log2(e)}, states and their gradients likewise
 * [S, WIDTH] from an offset on.
 */
public interface ScanRows {

    /** {@code Δ = softplus(delta)} and {@code Δ ∘ x}. */
    void steps(float[] delta, float[] x, int at, int stride, ScanTile tile, int tokens);

    /** {@code exp(Δ A)}, after {@link #steps}. */
    void decays(float[] rates, int ratesAt, ScanTile tile, int tokens);

    /** Lets the tokens pass through the state, after {@link #decays}. */
    void pass(float[] b, float[] c, int at, float[] state, int stateAt, ScanTile tile, int tokens);

    /** {@code y = Σ s·C + skip ∘ x}, after {@link #pass}. */
    void leave(float[] x, int at, int stride, float[] skip, int skipAt, ScanTile tile, float[] y, int tokens);

    /** As {@link #pass}, keeping every state and nothing else; the start is left as it is. */
    void remember(float[] b, int at, float[] start, int startAt, ScanTile tile, int tokens);

    /**
     * The tokens back, after {@link #remember}. Adds to what {@link #sums} will sum.
     *
     * @param start as for {@link #remember}
     * @param dState the gradient at the state after the tokens; afterwards, before them
     * @param dRates the gradient at A, added to; with dState at the same offset {@code lanesAt}
     */
    void back(
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
            int tokens);

    /**
     * The gradients at x and delta, after {@link #back}; written.
     *
     * @param dSkip added to
     */
    void enterBack(
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
            int tokens);

    /** Makes {@link #back} begin new sums. */
    default void clearSums(ScanTile tile, int tokens) {
        for (int s = 0; s < tile.states; s++) {
            Arrays.fill(tile.bProducts, tile.row(s, 0), tile.row(s, tokens), 0);
            Arrays.fill(tile.cProducts, tile.row(s, 0), tile.row(s, tokens), 0);
        }
    }

    /** The gradients at b and c that the strips since {@link #clearSums} have given; written as rows of S. */
    void sums(ScanTile tile, float[] db, float[] dc, int at, int tokens);
}
