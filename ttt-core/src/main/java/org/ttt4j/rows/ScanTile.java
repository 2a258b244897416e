package org.ttt4j.rows;

/**
 * Scratch of a selective scan: some tokens of one strip of {@link #WIDTH} channels. Panels have a row of WIDTH for every
 * token; stacks have a panel for every state. Serves one thread at a time.
 */
public final class ScanTile {

    /** Channels of a strip: whole vectors on every machine. */
    public static final int WIDTH = 16;

    final int states;
    final float[] step; // Δ
    final float[] entering; // Δ ∘ x
    final float[] decay; // stack: exp(Δ A)
    final float[] out; // Σ over states

    /** Of the way back; null in a tile for the way forth. */
    final float[] passed; // stack: the state after each token

    final float[] bProducts; // stack: to be summed over lanes
    final float[] cProducts;
    final float[] dStep;
    final float[] dEntering;
    private final int tokens;

    private ScanTile(int tokens, int states, boolean back) {
        this.tokens = tokens;
        this.states = states;
        int panel = tokens * WIDTH;
        step = new float[panel];
        entering = new float[panel];
        decay = new float[panel * states];
        out = new float[back ? 0 : panel];
        passed = back ? new float[panel * states] : null;
        bProducts = back ? new float[panel * states] : null;
        cProducts = back ? new float[panel * states] : null;
        dStep = new float[back ? panel : 0];
        dEntering = new float[back ? panel : 0];
    }

    /** For up to so many tokens. */
    public static ScanTile forth(int tokens, int states) {
        return new ScanTile(tokens, states, false);
    }

    /** As {@link #forth}, with what gradients need. */
    public static ScanTile back(int tokens, int states) {
        return new ScanTile(tokens, states, true);
    }

    /** The most tokens that it has room for. */
    public int tokens() {
        return tokens;
    }

    /** S. */
    public int states() {
        return states;
    }

    /** Where the panel of a state begins in a stack. */
    int panel(int state) {
        return state * tokens * WIDTH;
    }

    /** Where the row of a state and a token begins in a stack. */
    int row(int state, int token) {
        return (state * tokens + token) * WIDTH;
    }
}
