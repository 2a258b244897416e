package org.ttt4j.rows;

/**
 * Gates of entries {@code from} to {@code to - 1}, and their gradients. Results are written, whatever stood there, and may lie
 * where an operand lies. σ is the logistic function.
 */
public interface GateRows {

    /** {@code out = gelu(gate) ∘ y}, with the tanh approximation of gelu: {@code x σ(2 √(2/π) (x + 0.044715 x³))}. */
    void gelu(float[] gate, float[] y, float[] out, int from, int to);

    /** {@code dGate = gelu'(gate) ∘ y ∘ dOut}. The gradient at y is a gate itself: {@code gelu(gate) ∘ dOut}. */
    void geluSlope(float[] gate, float[] y, float[] dOut, float[] dGate, int from, int to);

    /** {@code out = gate ∘ σ(gate) ∘ up}. */
    void swish(float[] gate, float[] up, float[] out, int from, int to);

    /** {@code dGate = swish'(gate) ∘ up ∘ dOut}. The gradient at up is a gate itself: {@code swish(gate) ∘ dOut}. */
    void swishSlope(float[] gate, float[] up, float[] dOut, float[] dGate, int from, int to);

    /** {@code y = scale σ(x)}. */
    void sigmoid(float scale, float[] x, float[] y, int from, int to);

    /** @param y what {@link #sigmoid} gave */
    void sigmoidGradient(float scale, float[] y, float[] dy, float[] dx, int from, int to);
}
