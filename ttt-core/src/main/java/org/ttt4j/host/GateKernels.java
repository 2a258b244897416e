package org.ttt4j.host;

/** Gates and other functions of single entries, and their gradients. */
final class GateKernels {

    private final RowBlocks blocks;

    GateKernels(RowBlocks blocks) {
        this.blocks = blocks;
    }

    /** {@code out = gelu(gate) ∘ y}. */
    void gelu(float[] gate, float[] y, float[] out) {
        blocks.run(out.length, 1, (from, to) -> {
            for (int i = from; i < to; i++) {
                out[i] = gate[i] * FloatMath.geluSigma(gate[i]) * y[i];
            }
        });
    }

    void geluGradient(float[] gate, float[] y, float[] dOut, float[] dGate, float[] dy) {
        blocks.run(y.length, 1, (from, to) -> {
            for (int i = from; i < to; i++) {
                float sigma = FloatMath.geluSigma(gate[i]);
                dy[i] = dOut[i] * gate[i] * sigma;
                dGate[i] = dOut[i] * y[i] * FloatMath.geluSlope(gate[i], sigma);
            }
        });
    }

    /** {@code out = silu(gate) ∘ up}. */
    void swish(float[] gate, float[] up, float[] out) {
        blocks.run(out.length, 1, (from, to) -> {
            for (int i = from; i < to; i++) {
                out[i] = gate[i] * FloatMath.sigmoid(gate[i]) * up[i];
            }
        });
    }

    void swishGradient(float[] gate, float[] up, float[] dOut, float[] dGate, float[] dUp) {
        blocks.run(up.length, 1, (from, to) -> {
            for (int i = from; i < to; i++) {
                float sigma = FloatMath.sigmoid(gate[i]);
                dUp[i] = dOut[i] * gate[i] * sigma;
                dGate[i] = dOut[i] * up[i] * sigma * (1 + gate[i] * (1 - sigma));
            }
        });
    }

    /** {@code rate = scale σ(logits)}. */
    void sigmoid(float scale, float[] logits, float[] rate) {
        blocks.run(rate.length, 1, (from, to) -> {
            for (int i = from; i < to; i++) {
                rate[i] = scale * FloatMath.sigmoid(logits[i]);
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
}
