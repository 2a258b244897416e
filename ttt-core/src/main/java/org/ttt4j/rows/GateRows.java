package org.ttt4j.rows;

/**
 * Gates of entries {@code from} to {@code to - 1}, and their gradients. Results are written, whatever stood there, and may lie
 * where an operand lies. σ is the logistic function.
 */
public interface GateRows {

    /** {@code out = gelu(gate) ∘ y}, with the tanh approximation of gelu: {@code x σ(2 √(2/π) (x + 0.044715 x³))}. */
    void gelu(float[] gate, float[] y, float[] out, int from, int to);

    /** dGate may not lie where an operand lies: it is written first. */
    void geluGradient(float[] gate, float[] y, float[] dOut, float[] dGate, float[] dy, int from, int to);

    /** {@code out = gate ∘ σ(gate) ∘ up}. */
    void swish(float[] gate, float[] up, float[] out, int from, int to);

    void swishGradient(float[] gate, float[] up, float[] dOut, float[] dGate, float[] dUp, int from, int to);

    /** {@code y = x ∘ σ(x)}. */
    void silu(float[] x, float[] y, int from, int to);

    void siluGradient(float[] x, float[] dy, float[] dx, int from, int to);

    /** {@code y = elu(x) + 1}: {@code x + 1} above 0, {@code e^x} below. */
    void positive(float[] x, float[] y, int from, int to);

    /** @param y what {@link #positive} gave */
    void positiveGradient(float[] y, float[] dy, float[] dx, int from, int to);

    /** {@code y = scale σ(x)}. */
    void sigmoid(float scale, float[] x, float[] y, int from, int to);

    /** @param y what {@link #sigmoid} gave */
    void sigmoidGradient(float scale, float[] y, float[] dy, float[] dx, int from, int to);
}
