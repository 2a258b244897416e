package org.ttt4j.kernel;

import org.ttt4j.tensor.TttException;

/**
 * The sizes of an inner loop.
 *
 * @param kind the inner model
 * @param heads H
 * @param headSize D
 * @param innerWidth F of the two-layer model; D for the linear one
 * @param miniBatch K
 */
public record InnerShape(Kind kind, int heads, int headSize, int innerWidth, int miniBatch) {

    /** Floats of the longest vector that kernels work with: 512 bits. */
    static final int VECTOR = 16;

    /** Floats of 1 KiB. */
    private static final int CROWDED = 256;

    /** The inner model: {@code z W1 + b1}, or {@code gelu(z W1 + b1) W2 + b2} (Sun et al. 2024, section 2.7). */
    public enum Kind {
        LINEAR,
        MLP
    }

    public InnerShape {
        requirePositive("heads", heads);
        requirePositive("headSize", headSize);
        requirePositive("innerWidth", innerWidth);
        requirePositive("miniBatch", miniBatch);
        if (kind == Kind.LINEAR && innerWidth != headSize) {
            throw TttException.mismatch("innerWidth of a linear inner model", headSize, innerWidth);
        }
    }

    /** TTT-Linear. */
    public static InnerShape linear(int heads, int headSize, int miniBatch) {
        return new InnerShape(Kind.LINEAR, heads, headSize, headSize, miniBatch);
    }

    /** TTT-MLP with F = 4D. */
    public static InnerShape mlp(int heads, int headSize, int miniBatch) {
        return new InnerShape(Kind.MLP, heads, headSize, 4 * headSize, miniBatch);
    }

    /** C = H D. */
    public int channels() {
        return heads * headSize;
    }

    /**
     * The most rows of an unfinished mini-batch that a state keeps. Rows are folded into running sums whenever the place in
     * the mini-batch reaches a multiple of it, which bounds the work per token and the state for any K. No folding takes
     * place if this is K.
     */
    public int rowLimit() {
        return Math.min(miniBatch, Math.max(16, headSize / 2));
    }

    /** Whether running sums are ever needed by a state that begins with an empty mini-batch. */
    boolean folds() {
        return rowLimit() < miniBatch;
    }

    boolean deep() {
        return kind == Kind.MLP;
    }

    /**
     * Floats from a row of n to the next where weights are kept for the kernels: whole vectors, the rest of the last 0. Rows a
     * multiple of 1 KiB long get one vector more, or those that a product walks down at once would crowd into a few sets of
     * the first-level cache and drive each other out.
     */
    static int padded(int n) {
        int whole = (n + VECTOR - 1) / VECTOR * VECTOR;
        return whole % CROWDED == 0 ? whole + VECTOR : whole;
    }

    /** Floats of W1 and b1 of one lane, [D + 1, F] padded. */
    int firstFloats() {
        return (headSize + 1) * padded(innerWidth);
    }

    /** Floats of W2 and b2 of one lane, [F + 1, D] padded; 0 for the linear model. */
    int secondFloats() {
        return deep() ? (innerWidth + 1) * padded(headSize) : 0;
    }

    /** Floats of all inner weights of one lane, in the order W1, b1, W2, b2. */
    int laneFloats() {
        return firstFloats() + secondFloats();
    }

    /** Floats of the stored rows of one lane: K [R, D], E1 [R, F] and, for the two-layer model, X2 [R, F], E2 [R, D]. */
    int rowFloats() {
        return rowLimit() * (headSize + innerWidth) * (deep() ? 2 : 1);
    }

    private static void requirePositive(String name, int value) {
        if (value < 1) {
            throw TttException.mismatch(name, "at least 1", value);
        }
    }
}
