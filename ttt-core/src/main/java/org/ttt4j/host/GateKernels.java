package org.ttt4j.host;

/** Gates and other functions of single entries, and their gradients. */
final class GateKernels {

    private static final float GELU_C0 = 0.7978845608028654f; // √(2/π)
    private static final float GELU_C1 = 0.044715f;

    private final RowBlocks blocks;

    GateKernels(RowBlocks blocks) {
        this.blocks = blocks;
    }

    /** Work on entries {@code from} to {@code to - 1}, whose sigmoids stand at the start of sigma. */
    private interface Body {
        void run(int from, int to, float[] sigma);
    }

    /** {@code out = gelu(gate) ∘ y}. */
    void gelu(float[] gate, float[] y, float[] out) {
        pieces(gate, GateKernels::geluSigmoids, (from, to, sigma) -> {
            for (int i = from; i < to; i++) {
                out[i] = gate[i] * sigma[i - from] * y[i];
            }
        });
    }

    void geluGradient(float[] gate, float[] y, float[] dOut, float[] dGate, float[] dy) {
        pieces(gate, GateKernels::geluSigmoids, (from, to, sigma) -> {
            for (int i = from; i < to; i++) {
                dy[i] = dOut[i] * gate[i] * sigma[i - from];
            }
            for (int i = from; i < to; i++) {
                dGate[i] = dOut[i] * y[i] * geluSlope(gate[i], sigma[i - from]);
            }
        });
    }

    /** {@code out = silu(gate) ∘ up}. */
    void swish(float[] gate, float[] up, float[] out) {
        pieces(gate, GateKernels::sigmoids, (from, to, sigma) -> {
            for (int i = from; i < to; i++) {
                out[i] = gate[i] * sigma[i - from] * up[i];
            }
        });
    }

    void swishGradient(float[] gate, float[] up, float[] dOut, float[] dGate, float[] dUp) {
        pieces(gate, GateKernels::sigmoids, (from, to, sigma) -> {
            for (int i = from; i < to; i++) {
                dUp[i] = dOut[i] * gate[i] * sigma[i - from];
            }
            for (int i = from; i < to; i++) {
                float s = sigma[i - from];
                dGate[i] = dOut[i] * up[i] * s * (1 + gate[i] * (1 - s));
            }
        });
    }

    /** {@code rate = scale σ(logits)}. */
    void sigmoid(float scale, float[] logits, float[] rate) {
        pieces(logits, GateKernels::sigmoids, (from, to, sigma) -> {
            for (int i = from; i < to; i++) {
                rate[i] = scale * sigma[i - from];
            }
        });
    }

    void sigmoidGradient(float scale, float[] rate, float[] dRate, float[] dLogits) {
        float inverse = scale == 0 ? 0 : 1 / scale;
        blocks.run(rate.length, 1, (from, to) -> {
            for (int i = from; i < to; i++) {
                dLogits[i] = dRate[i] * rate[i] * (1 - rate[i] * inverse);
            }
        });
    }

    void add(float[] x, float[] y, float[] sum) {
        blocks.run(sum.length, 1, (from, to) -> {
            for (int i = from; i < to; i++) {
                sum[i] = x[i] + y[i];
            }
        });
    }

    /** Minus the argument of the sigmoid. */
    private interface Argument {
        void write(float[] x, int from, int n, float[] negated);
    }

    private void pieces(float[] x, Argument argument, Body body) {
        blocks.run(x.length, 1, (first, end) -> {
            Exponential exponential = new Exponential();
            float[] sigma = new float[Exponential.PIECE];
            for (int from = first; from < end; from += sigma.length) {
                int n = Math.min(sigma.length, end - from);
                argument.write(x, from, n, sigma);
                exponential.apply(sigma, n);
                for (int j = 0; j < n; j++) {
                    sigma[j] = 1 / (1 + sigma[j]);
                }
                body.run(from, from + n, sigma);
            }
        });
    }

    private static void sigmoids(float[] x, int from, int n, float[] negated) {
        for (int j = 0; j < n; j++) {
            negated[j] = -x[from + j];
        }
    }

    /** The tanh approximation of gelu is {@code x σ(2u)} with {@code u = √(2/π)(x + 0.044715 x³)}. */
    private static void geluSigmoids(float[] x, int from, int n, float[] negated) {
        for (int j = 0; j < n; j++) {
            float z = x[from + j];
            negated[j] = -2 * GELU_C0 * z * (1 + GELU_C1 * z * z);
        }
    }

    /** Derivative of {@code x σ(2u(x))}. */
    private static float geluSlope(float x, float sigma) {
        return sigma + x * sigma * (1 - sigma) * 2 * GELU_C0 * (1 + 3 * GELU_C1 * x * x);
    }
}
